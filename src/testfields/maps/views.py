"""Sites and trials in the words of a page: names in the reader's language, times in the site's zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from testfields.core.local_time import format_clocks, format_date, format_period, local_date
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.maps.service import SiteNow, Trial, TrialInFull
from testfields.projects.vocabulary import THEMES
from testfields.reservations.words import height_in_words
from testfields.sites.vocabulary import USES
from testfields.web import locale
from testfields.web.schemas import TimeRange
from testfields.web.words import Word, word


@dataclass(frozen=True)
class TrialCard:
    """A trial as a list shows it; `when` is its present, next or last period and `clocks` the same within `day`, the
    day it began, `more` counts the periods after it."""

    id: int
    title: str
    use: Word
    theme: str
    company: str | None
    site: Word
    area: str
    day: date
    when: str
    clocks: str
    more: int
    on: bool


@dataclass(frozen=True)
class DayOfTrials:
    """Trials under one heading."""

    heading: str
    trials: list[TrialCard]


@dataclass(frozen=True)
class SiteCard:
    """A site as the map's card shows it: what is on, and what comes `next`."""

    slug: str
    name: str
    owner: str
    takes_applications: bool
    uses: list[Word]
    sample: bool
    now: list[TrialCard]
    next: TrialCard | None


@dataclass(frozen=True)
class TrialPage:
    """A trial in full: each of its periods with whether it is over or on, and its heights in words."""

    card: TrialCard
    periods: list[tuple[str, str]]
    heights: list[str]


def site_card(site: SiteNow, now: datetime) -> SiteCard:
    """A site with what is on there and what comes next."""
    return SiteCard(
        slug=site.slug,
        name=locale.in_words(site.name),
        owner=locale.in_words(site.owner.name),
        takes_applications=site.takes_applications,
        uses=[word(use, USES) for use in site.uses],
        sample=site.sample,
        now=[trial_card(trial, now) for trial in site.now],
        next=None if site.next is None else trial_card(site.next, now, _begins_after(site.next, now)),
    )


def trial_card(trial: Trial, now: datetime, period: TimeRange | None = None) -> TrialCard:
    """A trial at `period`, else at the first of its periods that is not over, else at its last."""
    period = period or next((one for one in trial.periods if one.end > now), trial.periods[-1])
    zone, told = trial.site.timezone, Period(period.start, period.end)
    return TrialCard(
        id=trial.id,
        title=locale.in_words(trial.title),
        use=word(trial.use, USES),
        theme=word(trial.theme, THEMES).label,
        company=locale.in_words(trial.company) if trial.company else None,
        site=Word(trial.site.slug, locale.in_words(trial.site.name)),
        area=locale.in_words(trial.area.name),
        day=local_date(period.start, zone),
        when=format_period(told, zone, locale.current()),
        clocks=format_clocks(told, zone, locale.current()),
        more=sum(one.start > period.start for one in trial.periods),
        on=period.start <= now < period.end,
    )


def days_of_trials(trials: Iterable[TrialCard], first: date | None) -> list[DayOfTrials]:
    """Trials in the order of their list under their days; what had begun before `first` stands under that."""
    return [
        DayOfTrials(format_date(day, locale.current()), list(those))
        for day, those in groupby(trials, lambda one: max(one.day, first or one.day))
    ]


def trial_page(trial: TrialInFull, now: datetime) -> TrialPage:
    """A trial in the words of its own page."""
    zone, language = trial.site.timezone, locale.current()
    bands = [AltitudeBand(_metres(one.lower), _metres(one.upper)) for one in trial.altitudes]
    return TrialPage(
        card=trial_card(trial, now),
        periods=[
            (format_period(Period(one.start, one.end), zone, language), _standing(one, now)) for one in trial.periods
        ],
        heights=[locale.said(height_in_words(band)) for band in bands],
    )


def _standing(period: TimeRange, now: datetime) -> str:
    if period.end <= now:
        return "over"
    return "on" if period.start <= now else ""


def _metres(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _begins_after(trial: Trial, now: datetime) -> TimeRange | None:
    return next((one for one in trial.periods if one.start > now), None)
