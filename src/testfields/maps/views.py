"""Sites and trials in the words of a page: names in the reader's language, times in the site's zone."""

from dataclasses import dataclass
from datetime import datetime

from testfields.core.local_time import format_period
from testfields.core.periods import Period
from testfields.maps.service import SiteNow, Trial
from testfields.projects.vocabulary import THEMES
from testfields.sites.vocabulary import USES
from testfields.web import locale
from testfields.web.schemas import TimeRange
from testfields.web.words import Word, word


@dataclass(frozen=True)
class TrialCard:
    """A trial as the list shows it; `when` is its present or next period, `more` counts those after it."""

    id: int
    title: str
    use: Word
    theme: str
    company: str | None
    site: Word
    area: str
    when: str
    more: int
    on: bool


@dataclass(frozen=True)
class SiteCard:
    """A site as the list shows it: what is on, what comes next, and the `others`; whether there are more `beyond`."""

    slug: str
    name: str
    owner: str
    uses: list[Word]
    sample: bool
    now: list[TrialCard]
    next: TrialCard | None
    others: list[TrialCard]
    beyond: bool


def site_card(site: SiteNow, now: datetime) -> SiteCard:
    """A site with what is on there, what comes next, and its other trials."""
    first = {trial.id for trial in (*site.now, site.next) if trial is not None}
    others = [trial_card(trial, now) for trial in site.trials if trial.id not in first]
    return SiteCard(
        slug=site.slug,
        name=locale.in_words(site.name),
        owner=locale.in_words(site.owner.name),
        uses=[word(use, USES) for use in site.uses],
        sample=site.sample,
        now=[trial_card(trial, now) for trial in site.now],
        next=None if site.next is None else trial_card(site.next, now, _begins_after(site.next, now)),
        others=others,
        beyond=site.count > len(site.trials),
    )


def trial_card(trial: Trial, now: datetime, period: TimeRange | None = None) -> TrialCard:
    """A trial at `period`, else at the first of its periods that is not over, else at its last."""
    period = period or next((one for one in trial.periods if one.end > now), trial.periods[-1])
    return TrialCard(
        id=trial.id,
        title=locale.in_words(trial.title),
        use=word(trial.use, USES),
        theme=word(trial.theme, THEMES).label,
        company=locale.in_words(trial.company) if trial.company else None,
        site=Word(trial.site.slug, locale.in_words(trial.site.name)),
        area=locale.in_words(trial.area.name),
        when=format_period(Period(period.start, period.end), trial.site.timezone, locale.current()),
        more=sum(one.start > period.start for one in trial.periods),
        on=period.start <= now < period.end,
    )


def _begins_after(trial: Trial, now: datetime) -> TimeRange | None:
    return next((one for one in trial.periods if one.start > now), None)
