"""The panel beside the form: whether it fits, what is in the way, what is checked, who decides and by when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from testfields.availability.kinds import KINDS, ClaimKind
from testfields.core.errors import N_, InTheWay, Message
from testfields.core.local_time import WEEKDAYS_EN, WEEKDAYS_JA, format_instant, format_period
from testfields.core.periods import Period
from testfields.reservations.apply.forms import Entered, time_of
from testfields.reservations.apply.heights import HeightBar, band_of, height_bar
from testfields.reservations.apply.reading import AreaChoice, SiteChoice
from testfields.reservations.apply.verdicts import Form
from testfields.reservations.checking import Verdict
from testfields.reservations.filing import LeftOut
from testfields.reservations.surroundings import Size
from testfields.reservations.views import day_of, periods_in_words
from testfields.reservations.words import height_in_words
from testfields.sites.stays import NOT_OPEN
from testfields.web import locale
from testfields.web.forms import FieldError, field_errors
from testfields.web.words import stay_in_words
from testfields.zones.views import FindingShown, features, shown

# Of what is in the way; more shapes would be a map of nothing else.
MOST_SHOWN = 20
OWN = N_("Your own application No. %(number)s")


@dataclass(frozen=True)
class Obstacle:
    """Something in the way, in words and as a shape; `own` is the number of an application of one's own."""

    feature: str
    kind: str
    shape: str
    when: str
    heights: str
    footprint: Mapping[str, object]
    own: int | None = None

    @property
    def as_feature(self) -> dict[str, object]:
        """Its shape for the map."""
        words = {"name": self.kind, "note": f"{self.when} · {self.heights}"}
        told = {name: {locale.current(): text} for name, text in words.items()}
        return {
            "type": "Feature",
            "id": self.feature,
            "geometry": self.footprint,
            "properties": {**told, "class": self.shape},
        }


@dataclass(frozen=True)
class FreeTime:
    """A free time near the one asked for; `value` is what its button sends."""

    when: str
    value: str


@dataclass(frozen=True)
class TimeTold:
    """One of the times asked for, and why it does not fit; nothing where it does."""

    when: str
    why: Sequence[str] = ()


@dataclass(frozen=True)
class Panel:
    """What the panel says; `kind` is incomplete, faulty, taken, partly or fits. `times` are told where some fit."""

    kind: str
    missing: Sequence[str] = ()
    errors: Sequence[FieldError] = ()
    obstacles: Sequence[Obstacle] = ()
    nearest: Sequence[FreeTime] = ()
    checks: Sequence[str] = ()
    owner: str = ""
    due: str = ""
    deadline: str = ""
    warnings: Sequence[str] = ()
    waiting: int = 0
    times: Sequence[TimeTold] = ()
    size: str = ""
    heights: HeightBar | None = None
    # When the site is open in the week of what was asked for, where it is not open then.
    hours: str = ""
    # What else is taken at the site then, and hinders nothing.
    beside: Sequence[Obstacle] = ()
    findings: Sequence[FindingShown] = ()
    zones: Sequence[dict[str, object]] = ()

    @property
    def fitting(self) -> int:
        """How many of the times fit."""
        return sum(not one.why for one in self.times)

    @property
    def only_own(self) -> bool:
        """Whether all that is in the way is one's own."""
        return bool(self.obstacles) and all(one.own for one in self.obstacles)

    @property
    def shapes(self) -> list[dict[str, object]]:
        """All that is taken then, and where a rule of law or of the place is met, for the map."""
        return [*self.zones, *(one.as_feature for one in (*self.obstacles, *self.beside))]


def panel_of(form: Form) -> Panel:
    """The panel in the reader's language, its times in the site's zone."""
    entered, site, area, verdict = form.entered, form.site, form.area, form.verdict
    missing, errors = _missing(form), field_errors(form.errors)
    if site is None or area is None:
        return Panel("incomplete", missing, errors)
    kind = "faulty" if errors else _kind(missing, verdict)
    panel = Panel(
        kind,
        missing,
        errors,
        checks=_checks(site, area),
        owner=locale.in_words(site.owner.name),
        size=size_in_words(form.size) if form.size else "",
        heights=height_bar(area, form.altitude, form.beside),
        hours=weekly_hours(site) if any(one.message.id == NOT_OPEN for one in form.errors) else "",
    )
    if verdict is not None:
        panel = _with_verdict(panel, entered, site, verdict)
    told = {(one.kind, one.when, one.heights, str(one.footprint)) for one in panel.obstacles}
    beside = (_obstacle(place, one.told, site.timezone, "beside") for place, one in enumerate(form.beside))
    return replace(
        panel,
        beside=[one for one in beside if (one.kind, one.when, one.heights, str(one.footprint)) not in told],
    )


def weekly_hours(site: SiteChoice) -> str:
    """The weekly hours of a site, day by day."""
    days = WEEKDAYS_JA if locale.current() == "ja" else WEEKDAYS_EN
    closed, told = locale.translate(N_("closed")), []
    for weekday, name in enumerate(days, start=1):
        spans = [f"{one.opens}–{one.closes}" for one in site.hours if one.weekday == weekday]
        told.append(f"{name} {', '.join(spans) or closed}")
    return " / ".join(told)


def size_in_words(size: Size) -> str:
    """Sides in metres, and hectares; small ones with one more figure."""
    hectares = size.square_metres / 10_000
    return locale.translate(
        N_("%(width)s m × %(depth)s m, %(hectares)s ha"),
        None,
        width=f"{size.width_m:,.0f}",
        depth=f"{size.depth_m:,.0f}",
        hectares=f"{hectares:,.2f}" if hectares >= 0.1 else f"{hectares:,.3f}",
    )


def _kind(missing: Sequence[str], verdict: Verdict | None) -> str:
    if verdict is not None and verdict.in_the_way:
        return "taken"
    if verdict is not None and verdict.left_out:
        return "partly"
    return "incomplete" if missing or verdict is None else "fits"


def _missing(form: Form) -> list[str]:
    wanted = {
        N_("the company"): form.behalf_of != 0,
        N_("the project"): bool(form.entered.project_id),
        N_("the test field"): form.site is not None,
        N_("the area"): form.area is not None,
        N_("the time"): any(not one.blank for one in form.entered.times),
    }
    return [locale.translate(text) for text, there in wanted.items() if not there]


def _with_verdict(panel: Panel, entered: Entered, site: SiteChoice, verdict: Verdict) -> Panel:
    zone, language = site.timezone, locale.current()
    in_the_way = verdict.in_the_way or [found for one in verdict.left_out for found in one.in_the_way][:MOST_SHOWN]
    return replace(
        panel,
        obstacles=[_obstacle(place, one, zone) for place, one in enumerate(in_the_way)],
        times=_times(verdict, zone) if verdict.left_out else (),
        nearest=_nearest(verdict, zone, 1 + len(entered.more)),
        due=day_of(verdict.due_at, zone) if verdict.due_at else "",
        deadline=format_instant(verdict.deadline, zone, language) if verdict.deadline else "",
        warnings=[locale.said(one) for one in verdict.warnings],
        waiting=verdict.waiting,
        findings=shown(verdict.findings, zone),
        zones=features(verdict.findings),
    )


def _times(verdict: Verdict, zone: str) -> list[TimeTold]:
    """Each of the times, in the order of time."""
    why: dict[Period, list[str]] = {one.period: _why(one, zone) for one in verdict.left_out}
    periods = sorted([*verdict.fitting, *why])
    return [TimeTold(format_period(one, zone, locale.current()), why.get(one, ())) for one in periods]


def _why(one: LeftOut, zone: str) -> list[str]:
    """The rules that it breaks, or what is in its way."""
    faults = dict.fromkeys(locale.said(found.message) for found in one.faults)
    return [*faults, *(f"{found.kind} {found.when}" for found in (_obstacle(0, each, zone) for each in one.in_the_way))]


def _obstacle(place: int, one: InTheWay, zone: str, prefix: str = "in-the-way") -> Obstacle:
    when = format_period(Period(one.start, one.end), zone, locale.current())
    own, row = one.reservation_id, KINDS[ClaimKind(one.kind)]
    kind = locale.translate(OWN, None, number=own) if own else locale.translate(row.word)
    heights = locale.said(height_in_words(band_of(one)))
    return Obstacle(f"{prefix}-{place}", kind, row.shape, when, heights, one.footprint, own)


def _nearest(verdict: Verdict, zone: str, areas: int) -> list[FreeTime]:
    free = []
    for volumes in verdict.nearest:
        # Each time stands there once for each of its areas.
        series = volumes[::areas]
        times = [time_of(one, zone) for one in series]
        value = " ".join(["take", *(part for time in times for part in (time.start, time.end))])
        free.append(FreeTime(periods_in_words(series, zone), value))
    return free


def _checks(site: SiteChoice, area: AreaChoice) -> list[str]:
    """The rules that the portal looks at, with this site's figures."""
    policy = site.policy
    rules = [
        Message(N_("The site is open during the whole time.")),
        Message(
            N_("A stay lasts %(least)s to %(most)s, on a grid of %(slot)s minutes."),
            {
                "least": stay_in_words(policy.minimum_minutes),
                "most": stay_in_words(policy.maximum_minutes),
                "slot": policy.slot_minutes,
            },
        ),
        Message(
            N_("It begins at least %(notice)s from now and ends within %(days)s days."),
            {"notice": stay_in_words(policy.notice_minutes), "days": policy.horizon_days},
        ),
        Message(N_("The shape lies inside the area.")),
        Message(
            N_("Heights lie between %(lower)s and %(upper)s m above ground."),
            {"lower": f"{area.altitude.lower:g}", "upper": f"{area.altitude.upper:g}"},
        ),
        Message(N_("The area allows what the project tries.")),
        Message(
            N_("Nothing else is booked there, %(turnaround)s of turnaround included."),
            {"turnaround": stay_in_words(policy.turnaround_minutes)},
        ),
    ]
    return [locale.translate(one.id, None, **one.values) for one in rules]
