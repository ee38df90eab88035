"""Applications for the desk's tests to decide on."""

import httpx

from testfields.accounts.rules import Actor
from testfields.accounts.service import actor_by_session, open_session
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.reservations import filing
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from tests import factories


async def file(
    field: factories.Field,
    company: Actor,
    hour: float = 9,
    action: Action = Action.SUBMIT,
    hours: float = 1,
    days: int = 1,
) -> int:
    """An application for `hours` from `hour` o'clock; its id."""
    asked = (Asked(factories.period(hour, hours, days)),)
    application = Application(await factories.project(company), field.area_id, asked, action)
    return (await filing.file(company, application, now())).id


async def log_in(client: httpx.AsyncClient, actor: Actor) -> str:
    """Make the client the actor's browser, reading English; the token its forms carry."""
    session = await open_session(actor.person_id, now())
    client.headers["Accept"] = "text/html"
    client.cookies.set("session", session.secret)
    client.cookies.set("lang", "en")
    known = await actor_by_session(session.secret, now())
    assert known is not None
    return known.csrf_token


async def bearer(actor: Actor, **more: str) -> dict[str, str]:
    """What a program of the actor's sends along."""
    return {"Authorization": f"Bearer {await factories.token(actor)}", "Accept-Language": "en", **more}
