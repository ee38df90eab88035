"""Errors as answers: what is no kind of its own is told as the kind that it is one of."""

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, get

from testfields.core.errors import N_, NotFound, PortalError, WrongState
from testfields.web.problems import HANDLERS, KINDS


def kinds(of: type[PortalError] = PortalError) -> list[type[PortalError]]:
    """Every error of the family, the family itself left out."""
    return [one for kind in of.__subclasses__() for one in (kind, *kinds(kind))]


def test_every_error_has_a_problem() -> None:
    assert [one for one in kinds() if not any(kind in KINDS for kind in one.__mro__)] == []


@pytest.mark.parametrize(("kind", "status", "slug"), [(NotFound, 404, "not-found"), (WrongState, 409, "wrong-state")])
async def test_a_subclass_has_the_problem_of_its_kind(kind: type[PortalError], status: int, slug: str) -> None:
    finer = type("Finer", (kind,), {})

    @get("/api/finer")
    async def refuse() -> None:
        raise finer(N_("There is nothing at this address."))

    app = Litestar([refuse], exception_handlers=HANDLERS, openapi_config=None)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://portal.test") as client:
        answer = await client.get("/api/finer")

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
