"""What is entered about organisations, people and tokens, and what of it can be accepted."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from testfields.accounts.access import scopes_for
from testfields.accounts.rules import (
    LONGEST_TOKEN_LIFE,
    OSAKAS_SYSTEM,
    PLANE_RECTANGULAR_SYSTEMS,
    Actor,
    MemberRole,
    OrganisationKind,
    Scope,
)
from testfields.core.corporate_number import is_corporate_number
from testfields.core.errors import N_, Fault, InvalidInput, fault
from testfields.core.texts import line_faults, normal, tidy

LARGEST_ID = 2**63 - 1
LONGEST_NAME = 200
LONGEST_TOKEN_NAME = 80
# RFC 5321, 4.5.3.1.3: a path of 256 octets less its brackets.
LONGEST_EMAIL = 254
# RFC 5321, 4.5.3.1.1, less the quotes that dots in a row need.
LONGEST_LOCAL_PART = 62
# NIST SP 800-63B asks for length, not for kinds of characters.
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD_BYTES = 1000
MOST_ROLES = 20

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 63
# What browsers accept in <input type=email> (WHATWG HTML, "valid e-mail address"), in lower case, with a dot.
EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+"
    r"@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+"
)


class NewOrganisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation to be added; `slug` is its name in addresses, `corporate_number` its 法人番号.

    `metric_crs` is the plane rectangular system (平面直角座標系) in which an owner's distances and areas are measured,
    as its EPSG code: 6669 for I up to 6687 for XIX. `asks_verified` says whether companies that registered themselves
    have to be verified before they may apply for the owner's land.
    """

    kind: OrganisationKind
    slug: str
    name_ja: str
    name_en: str
    contact_email: str
    corporate_number: str | None = None
    metric_crs: int = OSAKAS_SYSTEM
    asks_verified: bool = True


class ChangedOrganisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of an organisation from now on, all of it anew.

    `metric_crs` and `asks_verified` count for an owner: the plane rectangular system in which distances and areas on
    its land are measured, as its EPSG code, and whether companies that registered themselves have to be verified
    before they may apply for its land. The slug stays as it is, as addresses and files name the owner by it.
    """

    name_ja: str
    name_en: str
    kana: str
    corporate_number: str | None
    address: str
    contact_email: str
    metric_crs: int
    asks_verified: bool


class NewRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role in an organisation."""

    organisation_id: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]
    role: MemberRole


Language = Literal["ja", "en"]


class NewPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person to be added; mails to them are written in `locale`."""

    email: str
    name: str
    memberships: list[NewRole]
    locale: Language = "ja"


class OwnAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The language in which one reads mails, and pages after logging in; and one's name, None to leave it as it is."""

    locale: Language
    name: str | None = None


class NewEmail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The address that one wants to have from now on, and one's present password."""

    email: str
    password: str


class NewToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An API token to be made."""

    name: str
    scopes: list[Scope]
    expires_at: datetime


def folded_email(text: str) -> str:
    """An address as the portal keeps it, also where it was typed in full width."""
    return normal("NFKC", text).strip().lower()


def is_email(text: str) -> bool:
    """Whether `text` is an address as the portal keeps it, one that it can send mail to.

    Dots may stand anywhere before the @, as in addresses that Japanese carriers once gave out; what programs read as
    an encoded word (RFC 2047) may not, nor more than mail servers have to take.
    """
    local = text.partition("@")[0]
    fits = len(text) <= LONGEST_EMAIL and len(local) <= LONGEST_LOCAL_PART and "=?" not in local
    return fits and EMAIL.fullmatch(text) is not None


def check_organisation(new: NewOrganisation) -> None:
    """Raise InvalidInput with every fault found."""
    _refuse(
        [
            *name_faults("name_ja", new.name_ja, LONGEST_NAME),
            *name_faults("name_en", new.name_en, LONGEST_NAME),
            *_slug_faults(new.slug),
            *number_faults(new.corporate_number),
            *email_faults("contact_email", new.contact_email),
            *_system_faults(new.metric_crs),
        ]
    )


def check_change(new: ChangedOrganisation) -> None:
    """Raise InvalidInput with every fault found."""
    _refuse(
        [
            *name_faults("name_ja", new.name_ja, LONGEST_NAME),
            *name_faults("name_en", new.name_en, LONGEST_NAME),
            *line_faults("kana", new.kana, LONGEST_NAME),
            *number_faults(new.corporate_number),
            *line_faults("address", new.address, LONGEST_NAME),
            *email_faults("contact_email", new.contact_email),
            *_system_faults(new.metric_crs),
        ]
    )


def check_person(new: NewPerson) -> None:
    """Raise InvalidInput with every fault found."""
    faults = [*name_faults("name", new.name, LONGEST_NAME), *email_faults("email", new.email)]
    if not 1 <= len(new.memberships) <= MOST_ROLES:
        faults.append(fault("memberships", N_("Please give 1 to %(most)s roles."), most=MOST_ROLES))
    _refuse(faults)


def check_name(name: str) -> None:
    """Raise InvalidInput for what is no name of a person."""
    _refuse(name_faults("name", name, LONGEST_NAME))


def check_password(password: str, path: str = "password") -> None:
    """Raise InvalidInput for a password that is too short, too long, or holds what no keyboard types."""
    if len(password) < SHORTEST_PASSWORD:
        message = N_("Please choose a password of at least %(least)s characters.")
        raise InvalidInput([fault(path, message, least=SHORTEST_PASSWORD)])
    if _has_control(password) or len(password.encode()) > LONGEST_PASSWORD_BYTES:
        raise InvalidInput([fault(path, N_("This password is too long or holds characters that cannot be typed."))])


def check_token(actor: Actor, new: NewToken, now: datetime) -> None:
    """Raise InvalidInput with every fault found."""
    faults = name_faults("name", new.name, LONGEST_TOKEN_NAME)
    if not new.scopes:
        faults.append(fault("scopes", N_("Please choose at least one scope.")))
    if not scopes_for(actor).issuperset(new.scopes):
        faults.append(fault("scopes", N_("A token cannot be allowed more than you are.")))
    if new.expires_at.tzinfo is None or not now < new.expires_at <= now + LONGEST_TOKEN_LIFE:
        faults.append(fault("expires_at", N_("Please choose a time to come, at most one year from now.")))
    _refuse(faults)


def _refuse(faults: Iterable[Fault]) -> None:
    found = list(faults)
    if found:
        raise InvalidInput(found)


def _has_control(text: str) -> bool:
    """Whether there is anything that no keyboard types: control, half a surrogate pair, a line's end."""
    return any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text)


def name_faults(path: str, text: str, most: int = LONGEST_NAME) -> list[Fault]:
    """What is wrong with a name, by the field that it was typed in."""
    text = tidy(text)
    return line_faults(path, text, most) if text else [fault(path, N_("This field is required."))]


def email_faults(path: str, text: str) -> list[Fault]:
    """What is wrong with an address, by the field that it was typed in."""
    if is_email(text):
        return []
    return [fault(path, N_("This is not an e-mail address. Expected something like name@example.jp, in lower case."))]


def _slug_faults(text: str) -> list[Fault]:
    if len(text) <= LONGEST_SLUG and SLUG.fullmatch(text):
        return []
    return [fault("slug", N_("Please use small letters a–z, digits and hyphens, such as osaka-city."))]


def number_faults(text: str | None) -> list[Fault]:
    """What is wrong with a corporate number; there need not be one."""
    if text is None or is_corporate_number(text):
        return []
    return [fault("corporate_number", N_("This is not a corporate number: 13 digits, the first a check digit."))]


def _system_faults(code: int) -> list[Fault]:
    if code in PLANE_RECTANGULAR_SYSTEMS:
        return []
    return [fault("metric_crs", N_("Please choose a plane rectangular system: EPSG 6669 (I) to 6687 (XIX)."))]
