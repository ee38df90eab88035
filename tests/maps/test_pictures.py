"""Pictures of maps at their addresses: whoever sees the page sees its picture, and nobody else."""

from pathlib import Path
from xml.etree.ElementTree import fromstring

from httpx import AsyncClient, Response

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.core.clock import now
from testfields.core.looks import LOOKS
from testfields.permits import service as permits
from testfields.reservations.rules import State
from tests import factories
from tests.maps.making import trial
from tests.permits.test_permits import code_of, confirmed
from tests.reviews.cases import file
from tests.sites.catalogue import bring, harbour, owner
from tests.sites.test_plans import PLAN


def texts(answer: Response) -> list[str]:
    """What is written in a picture, its title first."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert len(answer.content) < 40_000
    return [one.text or "" for one in fromstring(answer.text).iter() if one.tag.rpartition("}")[2] in {"title", "text"}]


def shows(answer: Response, look: str) -> bool:
    return f'stroke="{LOOKS[look].line}"' in answer.text


async def test_a_site_is_drawn_with_its_areas_its_plan_and_its_neighbours(
    db: None, client: AsyncClient, tmp_path: Path
) -> None:
    await owner()
    await bring(tmp_path, [*harbour(), *PLAN])
    await factories.field(geometry=factories.square(135.013, 34.0, 0.01), name_ja="隣の実証地")

    answer = await client.get("/sites/harbour/map.svg")

    title, *written = texts(answer)
    assert "みなと実証フィールド" in title
    assert {"格納庫", "隣の実証地"} <= set(written)
    assert all(shows(answer, look) for look in ("site", "area", "neighbour", "building", "gate"))
    assert "みなと" in texts(await client.get("/sites/harbour/map.svg", headers={"Accept-Language": "ja"}))[0]
    assert "Harbour" in texts(await client.get("/sites/harbour/map.svg", headers={"Accept-Language": "en"}))[0]


async def test_what_is_not_published_is_for_its_owners_staff_alone(db: None, client: AsyncClient) -> None:
    field = await factories.field(published=False, slug="hidden")
    assert (await client.get("/sites/hidden/map.svg")).status_code == 404
    assert (await client.get("/sites/none-such/map.svg")).status_code == 404

    await factories.log_in(client, field.site_manager)
    answer = await client.get("/sites/hidden/map.svg")

    assert answer.status_code == 200
    assert "public" not in answer.headers["cache-control"]


async def test_the_public_map_is_drawn_with_the_places_that_its_page_shows(db: None, client: AsyncClient) -> None:
    await factories.field(geometry=factories.square(135.4, 34.6), name_ja="南港", uses=["drone"])
    await factories.field(geometry=factories.square(135.6, 34.7), name_ja="鶴見", uses=["robot"])

    assert {"南港", "鶴見"} <= set(texts(await client.get("/map.svg")))
    only = texts(await client.get("/map.svg?use=robot"))
    assert "鶴見" in only
    assert "南港" not in only
    assert texts(await client.get("/map.svg?use=telecom"))[0] == "実証フィールドの地図"


async def test_a_trial_is_drawn_where_it_takes_place(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company, title_ja="<b>配送</b>")
    number = await trial(company, project, field.area_id, factories.period(9))
    called_off = await trial(company, project, field.area_id, factories.period(12), state=State.CANCELLED)

    answer = await client.get(f"/trials/{number}/map.svg")

    assert "<b>配送</b>" in texts(answer)
    assert shows(answer, "taken")
    assert (await client.get(f"/trials/{called_off}/map.svg")).status_code == 404


async def test_an_application_is_drawn_for_its_company_and_its_review_with_its_rivals(
    db: None, client: AsyncClient
) -> None:
    field, company, other = await factories.field(), await factories.company(), await factories.company()
    number = await file(field, company, 9)
    await file(field, other, 12)
    mine, desk = f"/my/reservations/{number}/map.svg", f"/desk/{number}/map.svg"

    await factories.log_in(client, company)
    assert shows(await client.get(mine), "asked")
    assert not shows(await client.get(mine), "rival")
    assert (await client.get(desk)).status_code == 403
    await factories.log_in(client, other)
    assert (await client.get(mine)).status_code == 404
    await factories.log_in(client, field.reviewer)
    answer = await client.get(desk)
    assert shows(answer, "asked")
    assert shows(answer, "rival")
    assert answer.headers["cache-control"] == "no-store"
    assert (await client.get(f"{desk}?day=2020-01-01")).status_code == 404


async def test_a_permit_is_drawn_where_it_holds(db: None, client: AsyncClient) -> None:
    _, number = await confirmed(await factories.company())
    await permits.issue(number, now())
    code = await code_of(number)

    answer = await client.get(f"/p/{code}/map.svg")

    assert "夢洲" in texts(answer)[0]
    assert shows(answer, "asked")
    assert f'src="/p/{code}/map.svg"' in (await client.get(f"/p/{code}")).text
    assert (await client.get(f"/p/{'A' * 26}/map.svg")).status_code == 404


async def test_each_page_with_a_map_has_its_picture_for_paper(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(slug="one"), await factories.company()
    filed = await file(field, company)
    shown = await trial(company, await factories.project(company), field.area_id, factories.period(15))
    staff = await factories.person(field.owner_id, OrganisationKind.OWNER, MemberRole.REVIEWER)

    async def asks_for(page: str, picture: str) -> None:
        html = (await client.get(page, headers={"Accept": "text/html"})).text
        assert f'<img class="map-picture" src="{picture}"' in html, page
        assert (await client.get(picture.replace("&amp;", "&"))).status_code == 200, picture

    await asks_for("/?use=drone", "/map.svg?use=drone")
    await asks_for("/sites/one", "/sites/one/map.svg")
    await asks_for(f"/trials/{shown}", f"/trials/{shown}/map.svg")
    await factories.log_in(client, company)
    await asks_for(f"/my/reservations/{filed}", f"/my/reservations/{filed}/map.svg")
    await factories.log_in(client, staff)
    await asks_for(f"/desk/{filed}", f"/desk/{filed}/map.svg?day={factories.tomorrow():%Y-%m-%d}")
