"""What a page says to somebody whose login has ended, and what becomes of what they wrote."""

import html

import pytest
from httpx import AsyncClient

PART = {"Accept": "text/html", "HX-Request": "true"}
PAGE = {"Accept": "text/html"}


@pytest.mark.parametrize(("language", "words"), [("ja", "新しいタブでログインする"), ("en", "Log in in a new tab")])
@pytest.mark.parametrize("address", ["/my/apply/check", "/my/apply/draft"])
async def test_a_part_of_a_page_is_refused_by_a_notice_in_its_own_place(
    db: None, client: AsyncClient, address: str, language: str, words: str
) -> None:
    answer = await client.post(address, data={"note": "x"}, headers={**PART, "Accept-Language": language})
    assert answer.status_code == 401
    assert words in answer.text
    assert "<main" not in answer.text
    assert (answer.headers["hx-retarget"], answer.headers["hx-reswap"]) == ("#problem", "innerHTML")


async def test_any_other_problem_of_a_part_is_told_by_its_message(db: None, client: AsyncClient) -> None:
    answer = await client.post("/my/apply/check", headers={**PART, "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "ページを再読み込みして" in answer.text
    assert "<main" not in answer.text


async def test_what_was_written_is_kept_to_be_sent_again(db: None, client: AsyncClient) -> None:
    form = {"_csrf": "before", "note": 'two "vans"\n<b>', "roles": ["a", "b"], "do": "submit"}
    answer = await client.post("/my/apply", data=form, headers=PAGE)
    assert answer.status_code == 401
    for name, value in (("_csrf", "before"), ("note", form["note"]), ("roles", "a"), ("roles", "b"), ("do", "submit")):
        assert f'name="{name}" value="{html.escape(value)}"'.replace("&quot;", "&#34;") in answer.text
    assert "もう一度送信する" in answer.text


async def test_passwords_are_not_repeated(db: None, client: AsyncClient) -> None:
    answer = await client.post("/my/password", data={"current": "a secret", "new": "another one"}, headers=PAGE)
    assert answer.status_code == 401
    assert "a secret" not in answer.text
    assert "another one" not in answer.text


@pytest.mark.parametrize(
    ("address", "page"),
    [("/my/tokens/1/revoke", "%2Fmy%2Ftokens"), ("/my/reservations/7/withdraw", "%2Fmy%2Freservations%2F7")],
)
async def test_the_login_leads_back_to_the_page_of_the_form(
    db: None, client: AsyncClient, address: str, page: str
) -> None:
    answer = await client.post(address, data={"_csrf": "before"}, headers=PAGE)
    assert answer.status_code == 401
    assert f'href="/login?next={page}"' in answer.text
