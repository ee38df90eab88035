"""The baseline: every table of the first release, made by Piccolo from the tables themselves, and the job queue.

Nothing has been released yet, so this follows the tables. How it is frozen on the day of release is told in
docs/decisions/0012-one-baseline.md; from then on a change of a table is a migration after this one.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from procrastinate.schema import SchemaManager

from testfields.accounts.tables import ApiToken, CalendarFeed, Deputy, LoginAttempt, LoginSession, Membership, Organisation, Person, WayIn
from testfields.availability.tables import Claim, SiteLock
from testfields.closures.tables import Closure
from testfields.consent.tables import Consent, TermsVersion
from testfields.db.engine import DB
from testfields.db.tables import SqlFile
from testfields.documents.tables import Document
from testfields.events.tables import Event
from testfields.joining.tables import Registration
from testfields.notifications.tables import Delivery
from testfields.permits.tables import Permit
from testfields.projects.tables import Project
from testfields.reservations.tables import Reservation, Stay, Volume
from testfields.reviews.tables import ReviewMark, ReviewNote, ReviewRead
from testfields.sites.tables import Area, ExceptionDay, OpeningHours, PlanPiece, PublicHoliday, Site, SitePhoto, SitePhotoSize
from testfields.web.tables import IdempotentAnswer
from testfields.zones.tables import Zone, ZoneLayer, ZonePart

ID = "2026-11-26T20:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "baseline"

TABLES = (
    *(SqlFile, IdempotentAnswer),
    Event,
    *(Organisation, Person, Membership, Deputy, LoginSession, LoginAttempt, ApiToken, CalendarFeed, WayIn, Registration),
    *(TermsVersion, Consent),
    Document,
    Delivery,
    *(Site, Area, PlanPiece, OpeningHours, ExceptionDay, PublicHoliday, SitePhoto, SitePhotoSize),
    *(ZoneLayer, Zone, ZonePart),
    *(SiteLock, Claim),
    Closure,
    Project,
    *(Reservation, Stay, Volume),
    ReviewRead,
    ReviewMark,
    ReviewNote,
    Permit,
)


async def forwards() -> MigrationManager:
    """Create the tables with their constraints and indexes. Piccolo does so in the order of their keys."""
    manager = MigrationManager(migration_id=ID, app_name="testfields", description=DESCRIPTION)

    async def queue_jobs() -> None:
        async with DB.connection() as connection:
            await connection.execute(SchemaManager.get_schema())

    manager.add_raw(queue_jobs)
    for table in TABLES:
        name = {"table_class_name": table.__name__, "tablename": table._meta.tablename}
        manager.add_table(class_name=table.__name__, tablename=table._meta.tablename)
        for column in table._meta.columns:
            manager.add_column(
                **name, column_name=column._meta.name, column_class=type(column), params=column._meta.params
            )
        for constraint in table._meta.constraints:
            manager.add_constraint(
                **name,
                constraint_name=constraint._meta.name,
                constraint_class=type(constraint),
                params=constraint._meta.params,
            )
    return manager
