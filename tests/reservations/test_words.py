"""Refusals in the reader's words: labels, never the keys that programs send."""

from httpx import AsyncClient

from testfields.sites.tables import Area, Site
from tests import factories


async def test_a_refusal_holds_no_code_words_in_either_door(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    await Area.update({Area.uses: ["robot"]}).where(Area.id == field.area_id)
    csrf = await factories.log_in(client, company)
    site = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert site is not None
    project, asked = await factories.project(company), factories.period(9)
    headers = {"X-CSRF-Token": csrf["_csrf"], "Accept-Language": "ja"}
    period = {"start": asked.start.isoformat(), "end": asked.end.isoformat()}
    body = {"project_id": project, "area_id": field.area_id, "volumes": [{"period": period}]}

    async def refused(**changes: object) -> str:
        return (await client.post("/api/v1/reservations", json=body | changes, headers=headers)).text

    assert "「ドローン」の実証はできません" in await refused()
    form = {**csrf, "project_id": str(project), "site": site["slug"], "area": str(field.area_id), "do": "submit"}
    local = {"time0_start": "2026-12-03T09:00", "time0_end": "2026-12-03T10:00"}
    local = {name: f"{asked.start:%Y-%m-%d}{text[10:]}" for name, text in local.items()}
    assert "「ドローン」の実証はできません" in (await client.post("/my/apply", data={**form, **local})).text

    await Area.update({Area.uses: ["drone"]}).where(Area.id == field.area_id)
    high = [{"period": period, "altitude": {"lower": 0, "upper": 900}}]
    assert "地上0 mから150 mまで" in await refused(volumes=high)
    assert "1以上の数" in await refused(project_id=0)
    assert "ここには整数が必要ですが、文字列が届きました。" in await refused(project_id="1")
    assert "ここには配列が必要ですが、オブジェクトが届きました。" in await refused(volumes={})

    filed = await client.post("/api/v1/reservations", json=body, headers=headers)
    address = filed.headers["location"]
    for status in (200, 409):
        step = await client.post(f"{address}/withdraw", json={}, headers={**headers, "If-Match": "*"})
        assert step.status_code == status
    assert "「取下げ」のため、「取下げ」はできません" in step.text
    token = {"Authorization": f"Bearer {await factories.token(field.reviewer, ['read'])}", "Accept-Language": "ja"}
    step = await client.post(f"{address}/approve", json={}, headers={**token, "If-Match": "*"})
    assert "「申請の審査」の権限がありません" in step.text
