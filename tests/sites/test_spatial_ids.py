"""The spatial IDs (空間ID) of test fields and their areas over HTTP."""

from asyncpg import Range
from httpx import AsyncClient

from testfields.accounts.rules import OrganisationKind
from testfields.core.spatial_ids import parse_voxel
from testfields.sites.tables import Site
from tests import factories


async def test_an_area_is_listed_by_the_voxels_that_hold_it_with_their_over_cover(
    db: None, client: AsyncClient
) -> None:
    field = await factories.field(slug="quay", footprint=factories.square(size=0.001), ground_elevation=6.5)
    await factories.area(field.site_id, slug="low", altitude=Range(0, 20))

    answer = await client.get("/api/v1/sites/quay/areas/low/spatial-ids", params={"zoom": 22})

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["zoom"], told["heights"]) == (22, {"lower": 6.5, "upper": 26.5, "reference": "TP"})
    voxels = [parse_voxel(one, "") for one in told["spatial_ids"]]
    assert {one.f for one in voxels} == {0, 1, 2, 3}
    volume = sum(one.footprint.area * 8 for one in voxels)
    assert told["over_cover"] == round(volume / (0.001**2 * 20) - 1, 4)


async def test_a_site_is_listed_from_its_lowest_to_its_greatest_height_at_a_usual_zoom(
    db: None, client: AsyncClient
) -> None:
    field = await factories.field(slug="quay", footprint=factories.square(size=0.001), ground_elevation=-40)
    await factories.area(field.site_id, slug="high", altitude=Range(150, 160))

    told = (await client.get("/api/v1/sites/quay/spatial-ids")).json()

    assert (told["zoom"], told["heights"]["lower"], told["heights"]["upper"]) == (20, -40, 120)
    assert sorted({parse_voxel(one, "").f for one in told["spatial_ids"]}) == [-2, -1, 0, 1, 2, 3]


async def test_what_has_no_heights_above_the_sea_is_refused_with_the_reason(db: None, client: AsyncClient) -> None:
    field = await factories.field(slug="quay")
    await factories.area(field.site_id, slug="low")
    for address in ("/api/v1/sites/quay/spatial-ids", "/api/v1/sites/quay/areas/low/spatial-ids"):
        refused = await client.get(address)
        assert refused.status_code == 422
        assert "標高" in refused.json()["errors"][0]["message"]


async def test_a_site_without_areas_has_no_heights_yet(db: None, client: AsyncClient) -> None:
    await factories.site(await factories.organisation(OrganisationKind.OWNER), slug="bare", ground_elevation=0)
    refused = await client.get("/api/v1/sites/bare/spatial-ids")
    assert refused.status_code == 422
    assert "区画" in refused.json()["errors"][0]["message"]


async def test_more_than_a_list_holds_and_a_zoom_that_there_is_not_are_refused(db: None, client: AsyncClient) -> None:
    await factories.field(slug="quay", ground_elevation=0)
    for zoom in (26, 27, -1):
        refused = await client.get("/api/v1/sites/quay/spatial-ids", params={"zoom": zoom})
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "zoom"), zoom


async def test_what_is_not_there_or_not_published_has_none(db: None, client: AsyncClient) -> None:
    field = await factories.field(slug="quay", ground_elevation=0)
    assert (await client.get("/api/v1/sites/quay/areas/none/spatial-ids")).status_code == 404
    assert (await client.get("/api/v1/sites/none/spatial-ids")).status_code == 404
    await Site.update({Site.published: False}).where(Site.id == field.site_id)
    assert (await client.get("/api/v1/sites/quay/spatial-ids")).status_code == 404
