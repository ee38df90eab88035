"""The checks of law and place: each looks at what is asked for and tells what it finds.

They run on values alone, so that a decision can be replayed with the zones that it saw. A check that lacks a fact says
so. `law` holds what the acts say of methods of flight; the zones themselves say where.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from testfields.core.errors import N_, Message
from testfields.core.local_time import local_date
from testfields.core.periods import Period
from testfields.core.shapes import inset, inside, overlap
from testfields.sites.vocabulary import RoadAnswer, Use
from testfields.zones import airports, law, seasons
from testfields.zones.law import Rule
from testfields.zones.rules import Asked, Finding, Subject, Zone, joined
from testfields.zones.vocabulary import KINDS, LayerKind, Severity

Check = Callable[[Subject], Iterator[Finding]]


def findings(subject: Subject) -> tuple[Finding, ...]:
    """What all checks find, the gravest first; none is no promise that something is allowed."""
    found = joined([one for check in CHECKS for one in check(subject)])
    return joined([*found, *_category(subject, found)])


def _found(code: str, rule: Rule, what: str, asked: Asked | None = None, /, **values: object) -> Finding:
    """A finding of a rule of law, over all of a volume."""
    where = asked.volume.footprint if asked else None
    when = (asked.volume.period,) if asked else ()
    return Finding(code, rule.severity, Message(what, values), rule.why, rule.cure, rule.source, where, when)


def _in_area(subject: Subject) -> Iterator[Finding]:
    """Inside the area, and between its heights."""
    for one in subject.asked:
        if not inside(one.volume.footprint, one.area):
            yield _found("outside-area", law.AREA, N_("Part of it lies outside the area."), one)
        if not one.volume.altitude.within(one.band):
            values = {"lower": one.band.lower, "upper": one.band.upper}
            message = N_("It leaves the heights of the area, %(lower)s m to %(upper)s m above ground.")
            yield _found("outside-band", law.AREA, message, one, **values)


def _zones(subject: Subject) -> Iterator[Finding]:
    """In a zone, at a height and a time at which it holds."""
    concerned = [one for one in subject.zones if one.layer.kind is not LayerKind.AIRPORT and _concerns(subject, one)]
    for one in subject.asked:
        # Each shape is made narrower once, by the one tolerance, instead of once for each pair.
        ground, place = inset(one.volume.footprint), subject.place_of(one.volume.footprint)
        for zone in concerned:
            held = zone.layer.kind is LayerKind.DENSE and law.is_held(subject.craft, one)
            if held or not zone.altitude.overlaps(one.volume.altitude) or not overlap(inset(zone.geometry), ground):
                continue
            when = zone.periods(one.volume.period, place)
            if when:
                yield _of_zone(zone, one, when)


def _of_zone(zone: Zone, asked: Asked, when: tuple[Period, ...]) -> Finding:
    kind = KINDS[zone.layer.kind]
    return Finding(
        zone.layer.kind.value,
        kind.severity,
        Message(N_("%(kind)s: %(name)s"), {"kind": kind.label, "name": zone.name}),
        zone.says or kind.why,
        kind.cure,
        zone.layer.told,
        zone.geometry.intersection(asked.volume.footprint),
        when,
        zone.known_as,
    )


def _concerns(subject: Subject, zone: Zone) -> bool:
    craft = subject.craft
    if craft.use not in KINDS[zone.layer.kind].uses:
        return False
    return not (zone.layer.kind is LayerKind.DENSE and law.is_light(craft))


def _not_loaded(subject: Subject) -> Iterator[Finding]:
    """Kinds of zones of which nothing is known here."""
    for kind, said in KINDS.items():
        if said.ought_to_load and subject.craft.use in said.uses and kind not in subject.covered:
            message = N_("For this place nothing has been loaded of: %(kind)s. Please confirm with the authority.")
            what = Message(message, {"kind": said.label})
            yield Finding(f"{kind}-not-loaded", Severity.NOTICE, what, said.why, said.cure, said.source)


def _high(subject: Subject) -> Iterator[Finding]:
    """At 150 m above ground, or higher."""
    if subject.craft.use is not Use.DRONE:
        return
    for one in subject.asked:
        if one.top_m > law.HIGH_M:
            light = law.is_light(subject.craft)
            code, rule = ("high-and-light", law.HIGH_AND_LIGHT) if light else ("above-150", law.HIGH)
            yield _found(code, rule, N_("It goes higher than %(most)s m above ground."), one, most=law.HIGH_M)


def _night(subject: Subject) -> Iterator[Finding]:
    """Between sunset and sunrise."""
    craft = subject.craft
    if craft.use is not Use.DRONE or law.is_light(craft):
        return
    for one in subject.asked:
        if law.is_held(craft, one):
            continue
        dark = seasons.within(seasons.NIGHT, one.volume.period, subject.place_of(one.volume.footprint))
        if dark:
            found = _found("night", law.NIGHT, N_("Part of it is between sunset and sunrise."), one)
            yield replace(found, when=dark)


def _methods(subject: Subject) -> Iterator[Finding]:
    """Ways of flying that need an approval, and those of which nothing has been said."""
    craft = subject.craft
    if craft.use is not Use.DRONE or law.is_light(craft):
        return
    held = all(law.is_held(craft, one) for one in subject.asked)
    for method in law.METHODS:
        if method.tether_exempts and held:
            continue
        done = method.of(craft)
        if done is None:
            message = N_("It has not been said whether this is so: %(method)s")
            yield _found(f"{method.code}-not-said", law.NOT_SAID, message, method=method.label)
        elif done:
            yield _found(
                method.code, law.METHOD, N_("Flying in a way that needs an approval: %(method)s"), method=method.label
            )


def _tether(subject: Subject) -> Iterator[Finding]:
    """Higher than a tether reaches that would exempt."""
    craft = subject.craft
    if craft.use is not Use.DRONE or craft.tether_m is None or craft.tether_m > law.TETHER_M:
        return
    for one in subject.asked:
        if one.top_m > craft.tether_m:
            message = N_("The tether of %(tether)s m exempts from nothing up to the %(top)s m that are asked for.")
            yield _found("tether", law.HELD, message, one, top=f"{one.top_m:g}", tether=f"{craft.tether_m:g}")


def _craft(subject: Subject) -> Iterator[Finding]:
    """Registration, remote ID and radio of a drone."""
    craft = subject.craft
    if craft.use is not Use.DRONE:
        return
    if craft.mass_g is None:
        yield _found("mass-not-said", law.MASS_NOT_SAID, N_("The mass of the drone has not been said."))
    elif not law.is_light(craft):
        if not craft.registration:
            yield _found(
                "registration", law.REGISTERED, N_("From %(least)s g a drone has to be registered."), least=law.LIGHT_G
            )
        if not craft.remote_id:
            yield _found(
                "remote-id", law.REMOTE_ID, N_("From %(least)s g a drone has to send its remote ID."), least=law.LIGHT_G
            )
    for band in sorted(craft.radio & law.RADIO.keys()):
        yield _found(f"radio-{band}", law.RADIO[band], N_("Radio at %(band)s GHz"), band=band)


def _duties(subject: Subject) -> Iterator[Finding]:
    """What has to be done on the day, whatever else is found."""
    if subject.craft.use is Use.DRONE:
        yield _found("emergency-airspace", law.EMERGENCY, N_("Emergency airspace is designated at short notice."))
        yield _found("weather", law.WEATHER, N_("Wind, rain and sight have to be looked at on the day."))
    if subject.craft.use in {Use.VEHICLE, Use.ROBOT}:
        yield _found("safety-operator", law.OPERATOR, N_("Somebody has to be able to stop it at any time."))


def _category(subject: Subject, so_far: Sequence[Finding]) -> Iterator[Finding]:
    """Category I, II or III of the flight, and the duties of whoever flies in a way that needs permission."""
    if subject.craft.use is not Use.DRONE or law.is_light(subject.craft):
        return
    special = [one for one in so_far if one.severity is Severity.PERMISSION and one.code in law.SPECIAL]
    if not special and any(one.code.endswith(law.UNKNOWN) for one in so_far):
        yield _found("category", law.CATEGORY_UNKNOWN, N_("Of which category the flight is cannot be told yet."))
        return
    if not special:
        yield _found("category-1", law.CATEGORY_1, N_("As far as is known here, this is a flight of category I."))
        return
    yield _found("category-2", law.CATEGORY_2, N_("This is a flight of category II, or III where people are below."))
    yield _found("flight-plan", law.FLIGHT_PLAN, N_("The flight plan has to be notified beforehand."))
    yield _found("flight-log", law.FLIGHT_LOG, N_("A flight log has to be kept."))


def _papers(subject: Subject) -> Iterator[Finding]:
    """Licence and insurance that end before the day."""
    craft, zone = subject.craft, subject.ground.zone
    if not subject.asked:
        return
    last = max(local_date(one.volume.period.end, zone) for one in subject.asked)
    if craft.insured_until and craft.insured_until < last:
        yield _found(
            "insurance", law.INSURED, N_("The insurance ends on %(day)s, before the last day."), day=craft.insured_until
        )
    if craft.licensed_until and craft.licensed_until < last:
        yield _found(
            "licence", law.LICENSED, N_("The licence ends on %(day)s, before the last day."), day=craft.licensed_until
        )


def _road(subject: Subject) -> Iterator[Finding]:
    """Whether the place is a road, for what drives there."""
    if subject.craft.use not in {Use.VEHICLE, Use.ROBOT}:
        return
    if subject.ground.road_answer is RoadAnswer.ROAD:
        yield _found("road", law.ROAD, N_("The police regard this place as a road."))
    elif subject.ground.road_answer is RoadAnswer.NOT_ASKED:
        yield _found(
            "road-not-asked", law.ROAD_UNKNOWN, N_("The police have not been asked whether this place is a road.")
        )


def _width(subject: Subject) -> Iterator[Finding]:
    """Wider than the area's track."""
    width = subject.craft.width_m
    for one in subject.asked:
        if width is not None and one.width_m is not None and width > one.width_m:
            message = N_("It is %(width)s m wide, and the track %(track)s m.")
            yield _found("too-wide", law.AREA, message, one, width=f"{width:g}", track=f"{one.width_m:g}")


CHECKS: tuple[Check, ...] = (
    _in_area,
    airports.surfaces,
    airports.unknown,
    _zones,
    _not_loaded,
    _high,
    _night,
    _methods,
    _tether,
    _craft,
    _papers,
    _road,
    _width,
    _duties,
)
