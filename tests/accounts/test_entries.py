"""What may be entered, without any I/O."""

from datetime import UTC, datetime, timedelta

import pytest

from testfields.accounts.access import scopes_for
from testfields.accounts.entries import (
    NewOrganisation,
    NewPerson,
    NewRole,
    NewToken,
    check_organisation,
    check_password,
    check_person,
    check_token,
    folded_email,
    is_email,
)
from testfields.accounts.pages import local_path
from testfields.accounts.rules import Actor, MemberRole, Membership, OrganisationKind, Scope
from testfields.core.errors import InvalidInput

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def somebody(kind: OrganisationKind, *roles: MemberRole) -> Actor:
    memberships = tuple(Membership(1, kind, role, "組織", "Organisation") for role in roles)
    return Actor(1, "person@example.test", "利用者", "ja", memberships)


def organisation(**changes: object) -> NewOrganisation:
    values = {
        "kind": OrganisationKind.OWNER,
        "slug": "osaka-pref",
        "name_ja": "大阪府",
        "name_en": "Osaka Prefecture",
        "contact_email": "contact@example.test",
        "corporate_number": "4000020270008",
    }
    return NewOrganisation(**{**values, **changes})


def faulty_fields(error: InvalidInput) -> set[str]:
    return {one.path for one in error.faults}


@pytest.mark.parametrize(
    "path", ["/", "/my", "/my/tokens", "/sites?q=a&use=drone", "/sites?q=%E5%A4%A7%E9%98%AA", "/a//b"]
)
def test_addresses_of_the_portal_may_be_next(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "my",
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/%2Fevil.test",
        "/%2fevil.test",
        "/%5Cevil.test",
        "%2F%2Fevil.test",
        "/\t/evil.test",
        "/%09/evil.test",
        "/\n/evil.test",
        "/%0d%0aSet-Cookie:x=1",
        " //evil.test",
        "/ /evil.test",
        "https://evil.test",
        "https:evil.test",
        "javascript:alert(1)",
        "data:text/html,x",
        "/／evil.test",
        "／/evil.test",
        "/\x00",
    ],
)
def test_other_addresses_may_not_be_next(path: str) -> None:
    assert local_path(path) == ""


def test_a_whole_organisation_is_accepted_with_and_without_a_number() -> None:
    check_organisation(organisation())
    check_organisation(organisation(corporate_number=None))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("corporate_number", "5000020270008"),
        ("corporate_number", "400002027000"),
        ("corporate_number", "４０００020270008"),
        ("slug", "Osaka"),
        ("slug", "-osaka"),
        ("slug", "osaka_city"),
        ("slug", "a" * 64),
        ("slug", "osaka\n"),
        ("name_ja", "　"),
        ("name_en", "a" * 201),
        ("name_en", "Osaka\nPrefecture"),
        ("name_ja", "大阪\x00府"),
        ("name_ja", "\u200b"),
        ("name_en", "\u202eytiC akasO"),
        ("contact_email", "contact"),
        ("metric_crs", 6668),
        ("metric_crs", 6688),
        ("metric_crs", 4326),
    ],
)
def test_each_fault_of_an_organisation_is_told_at_its_field(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as error:
        check_organisation(organisation(**{field: value}))
    assert faulty_fields(error.value) == {field}


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as error:
        check_organisation(organisation(slug="", name_ja="", contact_email="x"))
    assert faulty_fields(error.value) == {"slug", "name_ja", "contact_email"}


@pytest.mark.parametrize("email", ["name@example.jp", "a.b+c@sub.example.co.jp", "n@xn--p8j9a0d9c9a.jp"])
def test_addresses_are_accepted(email: str) -> None:
    assert is_email(email)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "name",
        "name@localhost",
        "name@example.jp\n",
        "a b@example.jp",
        "Name@example.jp",
        "name@例え.jp",
        "a\x00@example.jp",
        "a@b@example.jp",
        "name@-example.jp",
        f"{'a' * 250}@a.jp",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    assert not is_email(email)


def test_an_address_is_folded_before_it_is_looked_up() -> None:
    assert folded_email("  Name@Example.JP ") == "name@example.jp"
    assert folded_email("　ｎａｍｅ＠Ｅｘａｍｐｌｅ．jp") == "name@example.jp"


def test_a_person_needs_a_role() -> None:
    role = NewRole(1, MemberRole.MEMBER)
    check_person(NewPerson("name@example.jp", "実証　担当", [role]))
    for roles in ([], [role] * 21):
        with pytest.raises(InvalidInput) as error:
            check_person(NewPerson("name@example.jp", "実証　担当", roles))
        assert faulty_fields(error.value) == {"memberships"}


@pytest.mark.parametrize(
    "password", ["short", "elevenchars", "x" * 1001, "あ" * 334, "nul\x00nul\x00nul\x00nul", "a\ud800" * 9]
)
def test_passwords_that_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        check_password(password)


@pytest.mark.parametrize("password", ["twelve chars", "x" * 1000, "合言葉は長いほど安全です"])
def test_passwords_that_are_accepted(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize(
    ("actor", "scopes"),
    [
        (somebody(OrganisationKind.COMPANY, MemberRole.MEMBER), {"read", "book"}),
        (somebody(OrganisationKind.COMPANY, MemberRole.MANAGER), {"read", "book", "manage"}),
        (somebody(OrganisationKind.OWNER, MemberRole.REVIEWER), {"read", "review"}),
        (somebody(OrganisationKind.OWNER, MemberRole.SITE_MANAGER), {"read", "review", "manage"}),
        (somebody(OrganisationKind.OPERATOR, MemberRole.ADMIN), {"read", "manage"}),
        (somebody(OrganisationKind.OPERATOR), {"read"}),
    ],
)
def test_a_token_may_do_what_its_owner_can(actor: Actor, scopes: set[str]) -> None:
    assert scopes_for(actor) == scopes
    for scope in Scope:
        new = NewToken("program", [scope], NOW + timedelta(days=1))
        if scope in scopes:
            check_token(actor, new, NOW)
        else:
            with pytest.raises(InvalidInput) as error:
                check_token(actor, new, NOW)
            assert faulty_fields(error.value) == {"scopes"}


@pytest.mark.parametrize(
    "expires_at",
    [NOW, NOW - timedelta(days=1), NOW + timedelta(days=367), datetime(2026, 12, 2)],  # noqa: DTZ001
)
def test_a_token_ends_within_a_year(expires_at: datetime) -> None:
    with pytest.raises(InvalidInput) as error:
        check_token(
            somebody(OrganisationKind.COMPANY, MemberRole.MEMBER), NewToken("program", [Scope.READ], expires_at), NOW
        )
    assert faulty_fields(error.value) == {"expires_at"}
