"""What watches over the portal may ask: is it alive, can it work."""

from litestar import Response, get

from testfields import schema
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.core.clock import now
from testfields.db import jobs
from testfields.db.outages import OutOfReach
from testfields.db.readiness import demand_storing
from testfields.notifications import service as notifications


@get("/healthz", include_in_schema=False, guards=[Only(May.WATCH)])
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@get("/readyz", include_in_schema=False, guards=[Only(May.WATCH)])
async def ready() -> Response[dict[str, object]]:
    """The database can store something and its schema is the one this code was written for; 503 otherwise."""
    try:
        await demand_storing()
        found = await schema.status()
    except OutOfReach as error:
        return Response({"status": error.reason, "detail": type(error.__cause__ or error).__name__}, status_code=503)
    except schema.SchemaError as error:
        return Response({"status": "no database", "detail": type(error).__name__}, status_code=503)
    if found.current:
        return Response({"status": "ready", "pending": []})
    outstanding = [*found.foreign, *found.pending, *found.stale]
    return Response({"status": "another version's database", "pending": outstanding}, status_code=503)


@get("/workz", include_in_schema=False, guards=[Only(May.WATCH)])
async def working() -> Response[dict[str, object]]:
    """A worker is there and keeps up; 503 where it is dead or late. Mails that failed are told, and are no fault."""
    at = now()
    try:
        work, backlog = await jobs.work(at), await notifications.backlog(at)
    except OutOfReach as error:
        return Response({"status": error.reason, "detail": type(error.__cause__ or error).__name__}, status_code=503)
    late = backlog.since is not None
    pace = jobs.Pace.LATE if late and work.pace(at) is jobs.Pace.WORKING else work.pace(at)
    told: dict[str, object] = {
        "status": pace,
        "last_heartbeat": work.heartbeat,
        "job_due_since": work.due_since,
        "mail_due_since": backlog.since,
        "mails_overdue": backlog.overdue,
        "mails_failed": backlog.failed,
    }
    return Response(told, status_code=200 if pace is jobs.Pace.WORKING else 503)
