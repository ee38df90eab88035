"""What watches over the portal may ask: is it alive, can it work."""

from litestar import Response, get

from testfields import schema
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.db.outages import OutOfReach
from testfields.db.readiness import demand_storing


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
