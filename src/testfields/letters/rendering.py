"""A letter in words: one subject, one text, one HTML, in the receiver's language."""

from dataclasses import dataclass

from testfields.core.errors import N_
from testfields.core.local_time import format_instant, format_period
from testfields.core.periods import Period
from testfields.letters.audiences import AUDIENCES, Group
from testfields.letters.rules import Audience, By, Facts, Wording, wording_for
from testfields.notifications.rendering import environment, speaker
from testfields.notifications.rules import Letter
from testfields.reservations.actions import ACTIONS
from testfields.reservations.words import areas_told, height_in_words
from testfields.web.locale import named, said


@dataclass(frozen=True)
class Fact:
    """One line of the letter's table, or several under one label."""

    label: str
    lines: tuple[str, ...]


def render(facts: Facts, audience: Audience, receiver: str, locale: str, base_url: str) -> Letter:
    """The letter to one receiver; `base_url` is the portal's address without a slash at its end."""
    group = AUDIENCES[audience]
    words = wording_for(group.words, facts.action, facts.from_state)
    say = speaker(locale)
    subject = _subject(facts, words, locale)
    context = {
        "_": say,
        "locale": locale,
        "receiver": receiver,
        "subject": subject,
        "opening": say(words.opening),
        "facts": _facts(facts, group, locale),
        "reason": facts.reason.strip(),
        "conditions": facts.conditions.strip() if ACTIONS[facts.action].grants else "",
        "next": say(words.next),
        "date": _date(facts, words, locale),
        "hurried": words.date is By.DUE and facts.hurried,
        "permit": f"{base_url}/p/{facts.permit_code}" if facts.permit_code else "",
        "page": f"{base_url}{group.page}/{facts.reservation_id}",
        "contact": facts.contact,
    }
    text, html = (environment().get_template(f"letter.{kind}").render(context) for kind in ("txt", "html"))
    return Letter(locale, subject, text, html)


def _subject(facts: Facts, words: Wording, locale: str) -> str:
    say = speaker(locale)
    first, *further = facts.times
    when = format_period(first, facts.timezone, locale)
    return say(
        N_("%(what)s (application %(number)s, %(place)s, %(when)s)"),
        what=say(words.what),
        number=facts.reservation_id,
        place=_place(facts, locale),
        when=say(N_("%(when)s and %(count)s more"), when=when, count=len(further)) if further else when,
    )


def _facts(facts: Facts, group: Group, locale: str) -> list[Fact]:
    say = speaker(locale)
    company = Fact(say(N_("Company")), (named(facts, "company", locale),))
    bands = dict.fromkeys(one.altitude for one in facts.volumes)
    return [
        Fact(say(N_("Application number")), (str(facts.reservation_id),)),
        *([company] if group.names_company else []),
        Fact(say(N_("Project")), (named(facts, "title", locale),)),
        Fact(say(N_("Place")), (_place(facts, locale),)),
        Fact(say(N_("Time")), tuple(_time(facts, one, locale) for one in facts.times)),
        *([Fact(say(N_("Moved")), _moved(facts, locale))] if facts.moved else []),
        *([Fact(say(N_("Left out, as it does not fit")), _left_out(facts, locale))] if facts.left_out else []),
        Fact(say(N_("Height")), tuple(said(height_in_words(band), locale) for band in bands)),
    ]


def _time(facts: Facts, period: Period, locale: str) -> str:
    """A period; where there are several areas, with those that it is in."""
    told = format_period(period, facts.timezone, locale)
    there = [one for one in facts.volumes if one.period == period]
    if not there or areas_told(there) == areas_told(facts.volumes):
        return told
    return f"{told} {areas_told(there)[f'area_{locale}']}"


def _moved(facts: Facts, locale: str) -> tuple[str, ...]:
    say = speaker(locale)
    return tuple(
        say(
            N_("%(was)s → %(becomes)s"),
            was=format_period(one.was, facts.timezone, locale),
            becomes=format_period(one.becomes, facts.timezone, locale),
        )
        for one in facts.moved
    )


def _left_out(facts: Facts, locale: str) -> tuple[str, ...]:
    say = speaker(locale)
    return tuple(
        say(
            N_("%(when)s: %(state)s"),
            when=format_period(one.period, facts.timezone, locale),
            state=" ".join(said(message, locale) for message in one.why),
        )
        for one in facts.left_out
    )


def _date(facts: Facts, words: Wording, locale: str) -> Fact | None:
    """By when; none where the step set no such date."""
    say = speaker(locale)
    dates = {By.DEADLINE: (N_("Deadline"), facts.deadline), By.DUE: (N_("Decision due by"), facts.due_at)}
    if words.date is None:
        return None
    label, instant = dates[words.date]
    return Fact(say(label), (format_instant(instant, facts.timezone, locale),)) if instant else None


def _place(facts: Facts, locale: str) -> str:
    return f"{named(facts, 'site', locale)} {named(facts, 'area', locale)}"
