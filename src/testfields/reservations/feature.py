"""Applications and their life."""

from testfields.accounts.access import seen_by
from testfields.accounts.authority import May
from testfields.closures.feature import FEATURE as CLOSURES
from testfields.core.errors import N_
from testfields.reservations.apply.changing import change_pages
from testfields.reservations.apply.pages import apply_pages
from testfields.reservations.jobs import TASKS
from testfields.reservations.pages import pages
from testfields.reservations.routes import router
from testfields.reservations.rules import STATE_WORDS
from testfields.reservations.tables import Reservation, Volume
from testfields.web.features import Feature, Link

FEATURE = Feature(
    after=(CLOSURES,),
    api=(router,),
    pages=(*pages, *apply_pages, *change_pages),
    menu=(Link(40, "/my", "calendar", N_("My page"), seen_by(May.SEE_OWN_PAGES)),),
    in_templates=lambda _settings: {"state_words": STATE_WORDS},
    tasks=TASKS,
    tables=(Reservation, Volume),
)
