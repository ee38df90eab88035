"""The desk's form of closings: what can be named in it, whom it shows before anything is entered, and the list."""

import re
from datetime import timedelta
from html import unescape

import pytest
from httpx import AsyncClient, Response

from testfields.accounts.rules import Actor, MemberRole
from testfields.accounts.tables import Membership as MembershipRow
from testfields.closures import service as closures
from testfields.closures.grounds import Scope, Wanted
from testfields.closures.pages import PAGE
from testfields.closures.rules import USUAL_REASONS, ClosureKind
from testfields.closures.service import Entered
from testfields.closures.tables import Closure
from testfields.core.clock import now
from testfields.reservations.rules import State
from testfields.web.parameters import LARGEST_ID
from tests import factories
from tests.closures.test_displacing import NINE, apply, owner_of, permitted, shut, slug_of, state_of


async def form_of(client: AsyncClient, actor: Actor, **fields: str) -> dict[str, str]:
    """A typhoon tomorrow from eight to twelve."""
    day = factories.tomorrow(8)
    local = (day + timedelta(hours=9)).date()
    return {
        **await factories.log_in(client, actor),
        "kind": "weather",
        "reason_ja": "",
        "reason_en": "",
        "period_start": f"{local}T{8:02}:00",
        "period_end": f"{local}T{12:02}:00",
        **fields,
    }


def confirmed(form: dict[str, str], shown: Response) -> dict[str, str]:
    """The form as the page with the preview sends it."""
    (seen,) = re.findall('name="seen" value="([^"]*)"', shown.text)
    return {**form, "do": "displace", "seen": seen}


async def test_whom_it_concerns_is_shown_before_anything_is_entered(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    second = await factories.site(field.owner_id)
    number = await permitted(field, company, NINE)
    form = await form_of(client, field.approver, scope="all", owner=await owner_of(field))

    shown = await client.post("/desk/closures", data=form)

    assert shown.status_code == 409
    assert f'href="/desk/{number}"' in shown.text
    assert await Closure.count().where(Closure.site_id == second) == 0
    assert await state_of(number) is State.CONFIRMED

    done = await client.post("/desk/closures", data=confirmed(form, shown))
    assert done.status_code == 303
    assert await state_of(number) is State.REVOKED
    stored = await Closure.select(Closure.reason_ja, Closure.reason_en).where(Closure.site_id == second).first()
    usual = USUAL_REASONS[ClosureKind.WEATHER]
    assert stored == {"reason_ja": usual.ja, "reason_en": usual.en}
    assert "2か所" in (await client.get("/desk/closures?lang=ja")).text


@pytest.mark.parametrize(("count", "said"), [(1, ("1 application<", "1 time<")), (2, ("2 applications<", "2 times<"))])
async def test_a_preview_counts_one_as_one(db: None, client: AsyncClient, count: int, said: tuple[str, str]) -> None:
    field, company = await factories.field(), await factories.company()
    for hour in range(9, 9 + count):
        await apply(field, company, factories.period(hour))
    form = await form_of(client, field.approver, place=f"{await slug_of(field.site_id)}/")
    shown = re.sub(r"\s+<", "<", (await client.post("/desk/closures?lang=en", data=form)).text)
    assert [one in shown for one in said] == [True, True]


async def test_whoever_comes_meanwhile_is_shown_and_not_displaced_unseen(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    first = await apply(field, await factories.company(), NINE)
    form = await form_of(client, field.approver, place=f"{await slug_of(field.site_id)}/")
    shown = await client.post("/desk/closures", data={**form, "do": "preview"})
    assert shown.status_code == 200
    second = await apply(field, await factories.company(), factories.period(10))

    refused = await client.post("/desk/closures", data=confirmed(form, shown))

    assert refused.status_code == 409
    assert await state_of(first) is State.SUBMITTED
    assert (await client.post("/desk/closures", data=confirmed(form, refused))).status_code == 303
    assert [await state_of(one) for one in (first, second)] == [State.REJECTED, State.REJECTED]


async def test_what_is_closed_already_is_named_and_the_rest_confirmed(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    await apply(field, await factories.company(), factories.period(11))
    await shut(field, NINE)
    form = await form_of(client, field.approver, place=f"{await slug_of(field.site_id)}/")
    shown = await client.post("/desk/closures", data=form)
    assert shown.status_code == 409
    assert "すでに休止中" in shown.text
    assert (await client.post("/desk/closures", data=confirmed(form, shown))).status_code == 303
    # All of it is closed now.
    again = await client.post("/desk/closures", data=form)
    assert again.status_code == 409
    assert "すべてすでに休止" in again.text
    assert await Closure.count() == 2


async def test_several_places_and_a_drawn_part_are_closed_by_the_form(db: None, client: AsyncClient) -> None:
    outline = factories.square(south=32)
    field = await factories.field(footprint=outline)
    near = await factories.area(field.site_id, factories.square(south=32, size=0.004), slug="near")
    await factories.area(field.site_id, factories.square(west=135.005, south=32, size=0.004), slug="far")
    site = await slug_of(field.site_id)
    form = await form_of(client, field.site_manager)

    several = {**form, "scope": "several", "places": [f"{site}/near", f"{site}/far"]}
    assert (await client.post("/desk/closures", data=several)).status_code == 303
    assert await Closure.count().where(Closure.area_id == near) == 1

    both = await client.post("/desk/closures", data={**several, "places": [f"{site}/near", f"{site}/"]})
    assert both.status_code == 422
    assert 'href="#f-places"' in both.text

    corners = "32.005, 135.001\n32.008, 135.001\n32.008, 135.004"
    part = {**form, "place": f"{site}/", "footprint_part": "part", "corners": corners}
    assert (await client.post("/desk/closures", data=part)).status_code == 303
    undrawn = await client.post("/desk/closures", data={**part, "corners": ""})
    assert 'href="#f-footprint"' in undrawn.text


async def test_places_that_keep_different_clocks_are_not_closed_by_one_form(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    await factories.site(field.owner_id, timezone="Asia/Seoul")
    form = await form_of(client, field.approver, scope="all", owner=await owner_of(field))
    refused = await client.post("/desk/closures", data=form)
    assert refused.status_code == 422
    assert 'href="#f-owner"' in refused.text


async def test_a_closing_from_now_needs_no_start(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    form = await form_of(client, field.approver, place=f"{await slug_of(field.site_id)}/", from_now="true")
    before = now()
    assert (await client.post("/desk/closures", data={**form, "period_start": ""})).status_code == 303
    stored = await Closure.select(Closure.period).where(Closure.site_id == field.site_id).first()
    assert stored is not None
    assert stored["period"].lower >= before


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("", True), (USUAL_REASONS[ClosureKind.WORKS].ja, True), ("台風10号のため", False)],
)
async def test_a_kind_brings_its_reason_where_none_was_typed(
    db: None, client: AsyncClient, typed: str, offered: bool
) -> None:
    field = await factories.field()
    await factories.log_in(client, field.approver)
    answer = await client.get("/desk/closures/reasons", params={"kind": "disaster", "reason_ja": typed})
    assert (USUAL_REASONS[ClosureKind.DISASTER].ja in answer.text) == offered
    assert typed in answer.text or offered


async def test_those_entered_together_are_lifted_at_once(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    await factories.site(field.owner_id)
    form = await form_of(client, field.approver, scope="all", owner=await owner_of(field))
    await client.post("/desk/closures", data=form)
    assert 'name="together" value="true"' in (await client.get("/desk/closures")).text
    rows = await Closure.select(Closure.id).where(Closure.site_id == field.site_id)
    lifted = await client.post(
        f"/desk/closures/{rows[0]['id']}/lift", data={"_csrf": form["_csrf"], "version": "1", "together": "true"}
    )
    assert lifted.status_code == 303
    assert await Closure.count().where(Closure.lifted_at.is_null()) == 0


async def parts_closed(field: factories.Field, count: int) -> Entered:
    """One closing of so many small parts of a site whose corner is at 135 east, 32 north."""
    site = await slug_of(field.site_id)
    shapes = (factories.square(135 + 0.0001 * place, 32.001, 0.00005) for place in range(count))
    return await shut(field, NINE, scope=Scope(tuple(Wanted(site, None, one) for one in shapes)))


async def test_a_closing_of_many_places_stands_on_one_page_with_all_of_them(db: None, client: AsyncClient) -> None:
    field = await factories.field(footprint=factories.square(south=32))
    await shut(field, factories.period(20))
    many = PAGE + 32
    last = (await parts_closed(field, many)).id + many - 1
    await factories.log_in(client, field.approver)

    page = (await client.get("/desk/closures?lang=en")).text

    assert f"{many} places, entered together" in page
    assert f"Lift all {many}" in page
    assert "before=" not in page
    # Wherever the page begins, a closing is on it as a whole or not at all.
    assert "entered together" not in (await client.get(f"/desk/closures?lang=en&before={last - many + 1}")).text
    assert f"{many} places" in (await client.get(f"/desk/closures?lang=en&before={last}")).text


async def test_the_list_of_closings_goes_on_where_a_page_ends(db: None, client: AsyncClient) -> None:
    field = await factories.field(footprint=factories.square(south=32))
    oldest = await parts_closed(field, 3)
    for turn in range(PAGE):
        await shut(field, factories.period(12 + turn / 4, 0.25))
    site = await slug_of(field.site_id)
    await factories.log_in(client, field.approver)

    first = (await client.get(f"/desk/closures?lang=en&site={site}")).text

    assert "entered together" not in first
    (following,) = re.findall(r'href="(/desk/closures\?before=[^"]*)"', first)
    assert following.endswith(f"&amp;site={site}")
    second = (await client.get(f"{unescape(following)}&lang=en")).text
    assert "3 places, entered together" in second
    assert f'action="/desk/closures/{max(oldest.closures)}/lift"' in second


async def test_closings_entered_at_the_same_time_are_not_mixed(db: None) -> None:
    """Numbers are given out as they are asked for, so that those of two closings may stand between each other."""
    field = await factories.field(footprint=factories.square(south=32))
    await parts_closed(field, 2)
    await shut(field, factories.period(12))
    one, other, third = [row["id"] for row in await Closure.select(Closure.id).order_by(Closure.id)]
    await Closure.update({Closure.closing_id: one}).where(Closure.id == third)
    await Closure.update({Closure.closing_id: other}).where(Closure.id == other)

    listed = await closures.closings(field.approver, None, LARGEST_ID, 1)
    assert [[row["id"] for row in closing] for closing in listed] == [[other]]
    rest = await closures.closings(field.approver, await slug_of(field.site_id), other, 1)
    assert [[row["id"] for row in closing] for closing in rest] == [[third, one]]


async def test_what_has_to_be_chosen_is_marked(db: None, client: AsyncClient) -> None:
    """Also the owner, where there are several; a single one is chosen beforehand."""
    field, other = await factories.field(), await factories.field()
    await factories.log_in(client, field.approver)
    required = r'<select class="select" id="f-owner" name="owner" required'
    alone = (await client.get("/desk/closures?lang=en")).text
    assert re.search(rf'{required}[^>]*>\s*<option value="{await owner_of(field)}" selected', alone)

    role = {"organisation_id": other.owner_id, "role": MemberRole.APPROVER.value}
    await MembershipRow(person_id=field.approver.person_id, **role).save()
    several = (await client.get("/desk/closures?lang=en")).text
    assert re.search(rf'{required}[^>]*>\s*<option value="">', several)
    for name in ("Owner", "Places"):
        assert re.search(rf'>{name} <span class="mark mark--required">', several)
