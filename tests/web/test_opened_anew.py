"""A page that a form led to can be opened anew, whatever form it was."""

import re

import pytest
from httpx import AsyncClient
from litestar import Litestar
from litestar.routes import HTTPRoute

from testfields.app import create_app
from testfields.settings import load
from tests import factories


def form_addresses(app: Litestar) -> list[str]:
    """Every address of a page that takes a form and is no page itself, with something in each of its places."""
    routes = [one for one in app.routes if isinstance(one, HTTPRoute) and not one.path_format.startswith("/api/")]
    opens = {one.path_format for one in routes if "GET" in one.methods}
    taking = {one.path_format for one in routes if "POST" in one.methods}
    return sorted(re.sub(r"\{[^}]+\}", "1", path) for path in taking - opens)


ADDRESSES = form_addresses(create_app(load({"TESTFIELDS_BASE_URL": "http://portal.test"})))


def test_there_are_such_addresses() -> None:
    assert "/desk/1/1" in ADDRESSES


@pytest.mark.parametrize("address", ADDRESSES)
async def test_it_leads_to_a_page(db: None, client: AsyncClient, address: str) -> None:
    field = await factories.field()
    await factories.log_in(client, field.approver)
    client.headers["Accept"] = "text/html"

    answer = await client.get(address)

    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert address.startswith(page)
    # Nothing may stand there any more, and it may be for others: but it is a page.
    assert (await client.get(page)).status_code in {200, 303, 403, 404}


async def test_an_address_of_the_api_still_says_which_methods_it_takes(db: None, client: AsyncClient) -> None:
    answer = await client.get("/api/v1/reservations/1/approve")
    assert answer.status_code == 405
