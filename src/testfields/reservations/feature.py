"""Applications and their life."""

from testfields.accounts.access import seen_by
from testfields.accounts.authority import May
from testfields.accounts.feature import FEATURE as ACCOUNTS
from testfields.availability.feature import FEATURE as AVAILABILITY
from testfields.core.errors import N_
from testfields.reservations import states, stays
from testfields.reservations.apply.behalf_pages import behalf_pages
from testfields.reservations.apply.changing import change_pages
from testfields.reservations.apply.pages import apply_pages
from testfields.reservations.apply.parts import apply_parts
from testfields.reservations.desk_routes import file_for_company, list_companies
from testfields.reservations.feed_pages import feed_pages
from testfields.reservations.jobs import TASKS
from testfields.reservations.map_pages import asked_picture
from testfields.reservations.my_pages import my_pages
from testfields.reservations.pages import pages
from testfields.reservations.routes import router
from testfields.reservations.rules import LONGEST_TEXT
from testfields.reservations.states import STATES
from testfields.reservations.stay_pages import stay_pages
from testfields.reservations.stays import STAYS
from testfields.reservations.tables import Reservation, Stay, Volume
from testfields.reservations.times_pages import times_pages
from testfields.web.features import Feature, Link

FEATURE = Feature(
    after=(ACCOUNTS, AVAILABILITY),
    api=(router, list_companies, file_for_company),
    pages=(
        *my_pages,
        *times_pages,
        *feed_pages,
        *pages,
        asked_picture,
        *stay_pages,
        *apply_pages,
        *apply_parts,
        *change_pages,
        *behalf_pages,
    ),
    menu=(Link(40, "/my", "calendar", N_("My page"), seen_by(May.SEE_OWN_PAGES)),),
    in_templates=lambda _settings: {"states": STATES, "stays": STAYS, "longest_text": LONGEST_TEXT},
    tasks=TASKS,
    tables=(Reservation, Stay, Volume),
    sets=states.SQL + stays.SQL,
)
