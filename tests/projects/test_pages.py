"""A company's projects as pages."""

import re
from html import unescape

from httpx import AsyncClient

from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.projects.fields import PLAN as PLAN_FIELDS
from testfields.projects.tables import Project
from testfields.reservations import filing
from testfields.reservations.filing import Application
from tests import factories
from tests.projects.test_routes import FLIGHT, PLAN


async def test_the_first_project_is_planned_from_an_empty_list(db: None, client: AsyncClient) -> None:
    form = await factories.log_in(client, await factories.company())
    assert "まだ実証案件がありません" in (await client.get("/my/projects")).text

    answer = await client.post("/my/projects/new", data={**form, **PLAN})

    assert (answer.status_code, answer.headers["location"]) == (303, "/my/projects")
    listed = await client.get("/my/projects")
    assert PLAN["title_ja"] in listed.text
    assert "まだ実証案件がありません" not in listed.text


async def test_faults_keep_the_input_and_lead_to_their_fields(db: None, client: AsyncClient) -> None:
    form = await factories.log_in(client, await factories.company())

    answer = await client.post("/my/projects/new", data={**form, **PLAN, "title_en": "", "use": "submarine"})

    assert answer.status_code == 422
    assert 'href="#f-title_en"' in answer.text
    assert 'href="#f-use"' in answer.text
    assert PLAN["safety_plan"] in answer.text
    assert await Project.count() == 0


async def test_the_summary_names_the_field_of_a_text_that_cannot_be_kept(db: None, client: AsyncClient) -> None:
    form = await factories.log_in(client, await factories.company())
    typed = {**PLAN, "title_en": "\ue000 trial", "purpose": "大\ufffd市"}
    answer = await client.post("/my/projects/new?lang=en", data={**form, **typed})
    assert answer.status_code == 422
    for field, code in (("title_en", "U+E000"), ("purpose", "U+FFFD")):
        label = PLAN_FIELDS[field].field.label.en
        link = re.search(rf'<a href="#f-{field}">([^<]*)</a>', answer.text)
        assert link
        assert unescape(link[1]).startswith(f"{label} – ")
        assert code in link[1]


async def test_a_project_begun_from_an_application_leads_back_to_it(db: None, client: AsyncClient) -> None:
    form = await factories.log_in(client, await factories.company())

    there = await client.post("/my/projects/new", data={**form, **PLAN, "then": "/my/apply?area=5"})
    elsewhere = await client.post("/my/projects/new", data={**form, **PLAN, "then": "//elsewhere.example/my/"})

    assert there.headers["location"].startswith("/my/apply?area=5&project=")
    assert elsewhere.headers["location"] == "/my/projects"


async def test_saving_over_somebody_elses_change_asks_first(db: None, client: AsyncClient) -> None:
    company = await factories.company()
    address = f"/my/projects/{await factories.project(company)}"
    form = await factories.log_in(client, company)
    assert (await client.post(address, data={**form, **PLAN, "version": "1"})).status_code == 303

    late = await client.post(address, data={**form, **PLAN, "title_ja": "遅れて来た題名", "version": "1"})
    assert late.status_code == 409
    assert "遅れて来た題名" in late.text
    assert 'name="version" value="2"' in late.text


async def test_a_project_that_is_fixed_is_shown_and_only_what_is_free_is_asked_for(
    db: None, client: AsyncClient
) -> None:
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company, title_ja="審査中の案件")
    await filing.file(company, Application(project, field.area_id, (Asked(factories.period(9)),)), now())
    form = await factories.log_in(client, company)

    page = (await client.get(f"/my/projects/{project}")).text
    assert "<h1" in page
    assert "審査中の案件" in page
    assert "実証案件を変更" not in page.partition("<h1")[2].partition("</h1>")[0]
    assert set(re.findall(r'<(?:input|textarea|select)[^>]* name="(\w+)"', page)) & set(PLAN_FIELDS) == {
        "name_public",
        "plan_public",
    }

    data = {**form, "version": "1", "name_public": "true"}
    assert (await client.post(f"/my/projects/{project}", data=data)).status_code == 303
    row = await Project.select(Project.name_public, Project.title_ja).where(Project.id == project).first()
    assert row == {"name_public": True, "title_ja": "審査中の案件"}
    # A form that was opened before still says what it is that stays.
    late = await client.post(f"/my/projects/{project}", data={**form, **PLAN, "version": "2"})
    assert late.status_code == 422


async def test_another_companys_project_has_no_page_and_a_form_without_its_mark_is_refused(
    db: None, client: AsyncClient
) -> None:
    company = await factories.company()
    other = await factories.project(await factories.company())
    await factories.log_in(client, company)

    assert (await client.get(f"/my/projects/{other}")).status_code == 404
    assert (await client.post("/my/projects/new", data=PLAN)).status_code == 403


async def test_staff_are_told_that_the_page_is_for_companies(db: None, client: AsyncClient) -> None:
    await factories.log_in(client, (await factories.field()).reviewer)
    assert (await client.get("/my/projects")).status_code == 403


async def test_the_form_asks_how_a_drone_is_flown_and_keeps_what_was_typed(db: None, client: AsyncClient) -> None:
    form = await factories.log_in(client, await factories.company())
    empty = (await client.get("/my/projects/new?lang=en")).text
    assert "None" not in re.sub(r"<[^>]+>", "", empty)
    assert 'value="None"' not in empty

    typed = {**PLAN, **FLIGHT, "mass_g": "heavy", "tether_m": ""}
    refused = await client.post("/my/projects/new", data={**form, **typed})
    assert refused.status_code == 422
    assert 'href="#f-mass_g"' in refused.text
    assert 'value="heavy"' in refused.text

    assert (await client.post("/my/projects/new", data={**form, **typed, "mass_g": "900"})).status_code == 303
    row = await Project.select().first()
    assert row is not None
    assert (row["mass_g"], row["tether_m"], row["drops"], row["registration"]) == (900, None, "yes", "JU0123456789")


async def test_the_form_takes_nothing_of_a_drone_for_anything_else(db: None, client: AsyncClient) -> None:
    form = await factories.log_in(client, await factories.company())
    typed = {**PLAN, **FLIGHT, "mass_g": "heavy", "use": "robot"}
    assert (await client.post("/my/projects/new", data={**form, **typed, "title_en": ""})).status_code == 422
    assert (await client.post("/my/projects/new", data={**form, **typed})).status_code == 303
    row = await Project.select().first()
    assert row is not None
    assert {name: row[name] for name in FLIGHT} == {**dict.fromkeys(FLIGHT), "registration": ""}
