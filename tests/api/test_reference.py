"""The API's page for people, made from its description."""

import pytest
from httpx import AsyncClient


@pytest.mark.parametrize(
    ("language", "text", "public"),
    [
        ("ja", "下書きの内容（実証案件、区画、利用範囲、備考）を置き換えます。", "公開"),
        ("en", "Replace what a draft asks for: its project, area, volumes and note.", "public"),
    ],
)
async def test_it_says_what_each_operation_does_in_the_readers_language(
    db: None, client: AsyncClient, language: str, text: str, public: str
) -> None:
    shown = await client.get("/schema", headers={"Accept-Language": language})
    assert shown.status_code == 200
    assert text in shown.text
    for path in ("/api/v1/reservations/check", "/api/v1/mails/{mail_id}", "/api/v1/reviews/{reservation_id}/read"):
        assert path in shown.text
    # Where nobody need log in.
    trials = shown.text.split("/api/v1/trials.geojson</code>")[1].split("</tr>")[0]
    assert f"({public})" in trials
    own = shown.text.split("/api/v1/me</code>")[1].split("</tr>")[0]
    assert f"({public})" not in own
