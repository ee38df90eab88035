"""Organisations, the people in them, and logging in."""

from testfields.accounts.access import seen_by
from testfields.accounts.authority import May
from testfields.accounts.commands import owners, people
from testfields.accounts.pages import pages
from testfields.accounts.routes import router
from testfields.accounts.rules import SQL
from testfields.accounts.service import forget_expired
from testfields.accounts.tables import (
    ApiToken,
    CalendarFeed,
    Deputy,
    LoginAttempt,
    LoginSession,
    Membership,
    Organisation,
    Person,
    WayIn,
)
from testfields.accounts.ways_in import forget_over
from testfields.core.errors import N_
from testfields.events.feature import FEATURE as EVENTS
from testfields.web.features import Feature, Link

FEATURE = Feature(
    after=(EVENTS,),
    api=(router,),
    pages=tuple(pages),
    menu=(Link(60, "/admin", "settings", N_("Administration"), seen_by(May.ADMINISTER)),),
    commands=(people, owners),
    hourly=(forget_expired, forget_over),
    tables=(Organisation, Person, Membership, Deputy, LoginSession, LoginAttempt, ApiToken, CalendarFeed, WayIn),
    sets=SQL,
)
