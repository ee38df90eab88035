"""The mail that brings a link, or says why there is none, and the one that tells a company whether it is verified."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from testfields.accounts.rules import IN_THE_MAIL_ALONE, Purpose
from testfields.accounts.ways_in import WayIn
from testfields.core.local_time import JAPANS_ZONE, format_date, format_instant
from testfields.joining.rules import DEACTIVATED, DEPUTY, HAS_ACCOUNT, VERIFIED, WORDS
from testfields.notifications.rendering import environment, speaker
from testfields.notifications.rules import Letter


def render_verified(action: str, company: str, reason: str, locale: str, base_url: str) -> Letter:
    """The mail that tells a company whether it is verified."""
    subject, then = (speaker(locale)(text, company=company) for text in VERIFIED[action])
    return _plain(locale, subject, then, f"{base_url}/my", company, reason)


def render_deputy(action: str, row: Mapping[str, Any], days: tuple[date, date], base_url: str) -> Letter:
    """The mail to a deputy who is named, or is one no longer; `days` are the first and the last."""
    locale = row["locale"]
    first, last = (format_date(day, locale) for day in days)
    values = {"approver": row["approver"], "organisation": row[f"name_{locale}"], "first": first, "last": last}
    subject, then = (speaker(locale)(text, **values) for text in DEPUTY[action])
    return _plain(locale, subject, then, f"{base_url}/desk", row["deputy"])


def render_has_account(name: str, locale: str, base_url: str) -> Letter:
    """The mail to an address that somebody asked to have, and that has an account: `name` is whose."""
    subject, then = (speaker(locale)(text) for text in HAS_ACCOUNT)
    return _plain(locale, subject, then, f"{base_url}/login", name)


def _plain(locale: str, subject: str, then: str, page: str, receiver: str, reason: str = "") -> Letter:
    context = {
        "_": speaker(locale),
        "locale": locale,
        "subject": subject,
        "then": then,
        "reason": reason,
        "receiver": receiver,
        "page": page,
    }
    text, html = (environment().get_template(f"verified.{kind}").render(context) for kind in ("txt", "html"))
    return Letter(locale, subject, text, html)


def render_deactivated(organisation: str, contact: str, locale: str) -> Letter:
    """The mail that says why there is no new password, and whom to ask."""
    words, say = WORDS[Purpose.RESET], speaker(locale)
    subject, cannot, ask = (say(text, organisation=organisation) for text in DEACTIVATED)
    context = {
        "_": say,
        "locale": locale,
        "subject": subject,
        "opening": say(words.opening),
        "cannot": cannot,
        "ask": ask,
        "contact": contact,
        "otherwise": say(words.otherwise),
    }
    text, html = (environment().get_template(f"deactivated.{kind}").render(context) for kind in ("txt", "html"))
    return Letter(locale, subject, text, html)


def render(way: WayIn, locale: str, base_url: str, **values: str) -> Letter:
    """The mail; `base_url` is the portal's address without a slash at its end. The link's secret is not in it yet.

    `values` fill the places in the wording.
    """
    words, say = WORDS[way.purpose], speaker(locale)
    subject = say(words.subject, **values)
    context = {
        "_": say,
        "locale": locale,
        "subject": subject,
        "opening": say(words.opening, **values),
        "do": say(words.do),
        "link": f"{base_url}/enter/{IN_THE_MAIL_ALONE}",
        "until": format_instant(way.expires_at, JAPANS_ZONE, locale),
        "otherwise": say(words.otherwise),
    }
    text, html = (environment().get_template(f"way_in.{kind}").render(context) for kind in ("txt", "html"))
    return Letter(locale, subject, text, html)
