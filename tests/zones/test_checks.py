"""The checks on both sides of each limit: position, height, time and equipment → what is found."""

from dataclasses import replace
from datetime import date

import pytest
from shapely.geometry import Point, box

from testfields.core.volumes import AltitudeBand
from testfields.sites.vocabulary import RoadAnswer, Use
from testfields.zones.checks import findings
from testfields.zones.law import METHODS
from testfields.zones.rules import Craft
from testfields.zones.vocabulary import LayerKind
from tests.zones.cases import (
    HOURS,
    ITAMI,
    KANSAI,
    LOADED,
    Given,
    airport,
    drone,
    vehicle,
    zone,
)

pytestmark = pytest.mark.rules

# Of every drone, and of every flight of category I, or II.
DAY = {"emergency-airspace", "weather"}
PLAIN = DAY | {"category-1"}
# Where something is not known.
OPEN = DAY | {"category"}
SPECIAL = DAY | {"category-2", "flight-plan", "flight-log"}
DRIVING = {"safety-operator"}
NEAR = box(135.8, 35.3, 136.0, 35.5)
WINTER, SPRING = "2026-12-03 10:00", "2026-05-12 10:00"
HIGHER = SPECIAL | {"tether"}
# Half a side of the footprint, in metres to the north.
SIDE = 55.5
DID = zone(LayerKind.DENSE)
OF_ITAMI, OF_KANSAI = airport(ITAMI), airport(KANSAI)
LAPSED = zone(LayerKind.ORDINANCE, last_day=date(2025, 10, 13))
TO_COME = zone(LayerKind.ORDINANCE, first_day=date(2026, 12, 3))
SPECIAL_BY_NIGHT = SPECIAL | {"night"}
SCHOOL = zone(LayerKind.SCHOOL, hours=HOURS("Mon-Fri 07:30-16:00", "hours"))
QUIET = zone(LayerKind.NOISE, hours=HOURS("22:00-06:00", "hours"))
NESTING = zone(LayerKind.NATURE, hours=HOURS("03-01/07-31 sunrise-sunset", "hours"))
WINTERING = zone(LayerKind.NATURE, hours=HOURS("11-15/02-15 00:00-24:00", "hours"))
AROUND = zone(LayerKind.PROTECTED, geometry=NEAR.difference(box(135.89, 35.39, 135.91, 35.41)))
UNSAID = {f"{method.code}-not-said" for method in METHODS}

# What the acts say (航空法 132条の85 and 86, 小型無人機等飛行禁止法), with the facts' confidence in `zones.law`.
LAW = [
    ("a drone by day in sight", Given(), PLAIN),
    # 150 m: from there on; a band ends before its upper height.
    ("up to 149 m", Given(upper=149), PLAIN),
    ("up to 150 m", Given(upper=150), PLAIN),
    ("up to 150.01 m", Given(upper=150.01), SPECIAL | {"above-150"}),
    ("up to 300 m", Given(upper=300), SPECIAL | {"above-150"}),
    ("a vehicle in a tall area", Given(craft=vehicle(), upper=300), DRIVING),
    # DID, and what exempts: a tether of 30 m, under 100 g.
    ("in a DID", Given(zones=(zone(LayerKind.DENSE),)), SPECIAL | {"dense"}),
    ("beside a DID", Given(zones=(zone(LayerKind.DENSE, geometry=box(136.0, 35, 137, 36)),)), PLAIN),
    ("in a DID on 30 m", Given(upper=30, craft=drone(tether_m=30), zones=(DID,)), PLAIN),
    ("in a DID on 30 m, higher", Given(upper=30.01, craft=drone(tether_m=30), zones=(DID,)), HIGHER | {"dense"}),
    ("by night on 30 m, higher", Given(craft=drone(tether_m=30), start="2026-12-03 23:30"), HIGHER | {"night"}),
    ("beyond sight on 30 m, higher", Given(craft=drone(tether_m=30, beyond_sight=True)), HIGHER | {"bvlos"}),
    ("99 g at 150.01 m", Given(craft=drone(mass_g=99), upper=150.01), DAY | {"high-and-light"}),
    (
        "in a DID on 30.1 m",
        Given(upper=20, craft=drone(tether_m=30.1), zones=(zone(LayerKind.DENSE),)),
        SPECIAL | {"dense"},
    ),
    ("99 g in a DID", Given(craft=drone(mass_g=99), zones=(zone(LayerKind.DENSE),)), DAY),
    ("100 g in a DID", Given(craft=drone(mass_g=100), zones=(zone(LayerKind.DENSE),)), SPECIAL | {"dense"}),
    ("a robot in a DID", Given(craft=vehicle(Use.ROBOT), zones=(zone(LayerKind.DENSE),)), DRIVING),
    ("a vehicle in a DID", Given(craft=vehicle(), zones=(zone(LayerKind.DENSE),)), DRIVING),
    ("telecom in a DID", Given(craft=vehicle(Use.TELECOM), zones=(zone(LayerKind.DENSE),)), set()),
    # Night at 135.9 E, 35.4 N on 3 December: sunset about 16:44, sunrise about 6:47 (±3 min).
    ("ends before sunset", Given(start="2026-12-03 15:40", minutes=60), PLAIN),
    ("ends after sunset", Given(start="2026-12-03 15:50", minutes=60), SPECIAL | {"night"}),
    ("begins before sunrise", Given(start="2026-12-03 06:40", minutes=60), SPECIAL | {"night"}),
    ("begins after sunrise", Given(start="2026-12-03 06:55", minutes=60), PLAIN),
    ("at midnight", Given(start="2026-12-03 23:30", minutes=60), SPECIAL | {"night"}),
    ("a summer evening", Given(start="2026-06-21 18:00", minutes=60), PLAIN),
    ("a summer night", Given(start="2026-06-21 19:00", minutes=60), SPECIAL | {"night"}),
    ("over two days", Given(minutes=48 * 60), SPECIAL | {"night"}),
    ("night on a tether", Given(upper=20, craft=drone(tether_m=20), start="2026-12-03 23:30"), PLAIN),
    ("night with 99 g", Given(craft=drone(mass_g=99), start="2026-12-03 23:30"), DAY),
    ("a vehicle by night", Given(craft=vehicle(), start="2026-12-03 23:30"), DRIVING),
    # Methods of flight; a tether exempts from three of the five.
    ("beyond sight", Given(craft=drone(beyond_sight=True)), SPECIAL | {"bvlos"}),
    ("near people", Given(craft=drone(near_people=True)), SPECIAL | {"near-people"}),
    ("over an event", Given(craft=drone(over_event=True)), SPECIAL | {"over-event"}),
    ("dangerous goods", Given(craft=drone(dangerous_goods=True)), SPECIAL | {"dangerous-goods"}),
    ("dropping", Given(craft=drone(drops=True)), SPECIAL | {"dropping"}),
    ("beyond sight on a tether", Given(upper=20, craft=drone(beyond_sight=True, tether_m=30)), PLAIN),
    ("near people on a tether", Given(upper=20, craft=drone(near_people=True, tether_m=30)), PLAIN),
    ("dropping on a tether", Given(upper=20, craft=drone(drops=True, tether_m=30)), PLAIN),
    ("over an event on a tether", Given(upper=20, craft=drone(over_event=True, tether_m=30)), SPECIAL | {"over-event"}),
    (
        "goods on a tether",
        Given(upper=20, craft=drone(dangerous_goods=True, tether_m=30)),
        SPECIAL | {"dangerous-goods"},
    ),
    ("beyond sight on 31 m", Given(upper=20, craft=drone(beyond_sight=True, tether_m=31)), SPECIAL | {"bvlos"}),
    ("beyond sight with 99 g", Given(craft=drone(beyond_sight=True, mass_g=99)), DAY),
    ("sight not said", Given(craft=drone(beyond_sight=None)), OPEN | {"bvlos-not-said"}),
    ("people not said", Given(craft=drone(near_people=None)), OPEN | {"near-people-not-said"}),
    ("event not said", Given(craft=drone(over_event=None)), OPEN | {"over-event-not-said"}),
    ("goods not said", Given(craft=drone(dangerous_goods=None)), OPEN | {"dangerous-goods-not-said"}),
    ("dropping not said", Given(craft=drone(drops=None)), OPEN | {"dropping-not-said"}),
    ("sight not said on a tether", Given(upper=20, craft=drone(beyond_sight=None, tether_m=30)), PLAIN),
    (
        "event not said on a tether",
        Given(upper=20, craft=drone(over_event=None, tether_m=30)),
        OPEN | {"over-event-not-said"},
    ),
    ("a vehicle's methods", Given(craft=vehicle(beyond_sight=True)), DRIVING),
    # From 100 g: registration and remote ID (航空法 132条の2, 132条の5).
    ("100 g unregistered", Given(craft=drone(mass_g=100, registration="")), PLAIN | {"registration"}),
    ("99 g unregistered", Given(craft=drone(mass_g=99, registration="")), DAY),
    ("100 g without remote ID", Given(craft=drone(mass_g=100, remote_id=False)), PLAIN | {"remote-id"}),
    ("remote ID not said", Given(craft=drone(remote_id=None)), PLAIN | {"remote-id"}),
    ("99 g without remote ID", Given(craft=drone(mass_g=99, remote_id=False)), DAY),
    ("mass not said", Given(craft=drone(mass_g=None)), OPEN | {"mass-not-said"}),
    ("a vehicle is not registered so", Given(craft=vehicle(registration="")), DRIVING),
    # Radio (電波法).
    ("5.6 GHz aloft", Given(craft=drone(radio=frozenset({"5.6"}))), PLAIN | {"radio-5.6"}),
    ("5.7 GHz aloft", Given(craft=drone(radio=frozenset({"5.7"}))), PLAIN | {"radio-5.7"}),
    ("2.4 GHz aloft", Given(craft=drone(radio=frozenset({"2.4"}))), PLAIN),
    ("both aloft", Given(craft=drone(radio=frozenset({"5.6", "5.7"}))), PLAIN | {"radio-5.6", "radio-5.7"}),
    ("5.6 GHz on the ground", Given(craft=vehicle(radio=frozenset({"5.6"}))), DRIVING),
]

# 航空法 56条 as formulas: 45 m, 1/50 to 16.5 km, 295 m to 24 km; the sites' ceilings are those of the facts, section 6.
SURFACES = [
    ("Hattori at 60 m", Given("hattori", upper=60, zones=(OF_ITAMI,)), PLAIN),
    ("Hattori at 66 m", Given("hattori", upper=66, zones=(OF_ITAMI,), half=0.00001), PLAIN),
    ("Hattori at 67 m", Given("hattori", upper=67, zones=(OF_ITAMI,), half=0.00001), SPECIAL | {"airport-surface"}),
    ("Hattori at 120 m", Given("hattori", upper=120, zones=(OF_ITAMI,)), SPECIAL | {"airport-surface"}),
    (
        "Hattori on a hill of 10 m",
        Given("hattori", upper=60, elevation=10, zones=(OF_ITAMI,)),
        SPECIAL | {"airport-surface"},
    ),
    (
        "Hattori without its height",
        Given("hattori", upper=60, elevation=None, zones=(OF_ITAMI,)),
        OPEN | {"airport-surface-height-unknown"},
    ),
    ("Rinku at 100 m", Given("rinku", upper=100, zones=(OF_KANSAI,), half=0.00001), PLAIN),
    ("Rinku at 102 m", Given("rinku", upper=102, zones=(OF_KANSAI,), half=0.00001), SPECIAL | {"airport-surface"}),
    ("Rinku at 120 m", Given("rinku", upper=120, zones=(OF_KANSAI,)), SPECIAL | {"airport-surface"}),
    ("Expo Park at 149 m", Given("expo", upper=149, zones=(OF_ITAMI,)), PLAIN),
    (
        "Expo Park on 30 m of ground",
        Given("expo", upper=149, elevation=30, zones=(OF_ITAMI,)),
        SPECIAL | {"airport-surface"},
    ),
    ("Yumeshima at 149 m", Given("yumeshima", upper=149, zones=(OF_ITAMI, OF_KANSAI)), PLAIN),
    ("Yumeshima at 290 m", Given("yumeshima", upper=290, zones=(OF_ITAMI,)), SPECIAL | {"above-150"}),
    (
        "Yumeshima at 296 m",
        Given("yumeshima", upper=296, zones=(OF_ITAMI,)),
        SPECIAL | {"above-150", "airport-surface"},
    ),
    ("Maishima at 149 m", Given("maishima", upper=149, zones=(OF_ITAMI,)), PLAIN),
    ("Tsurumi at 149 m", Given("tsurumi", upper=149, zones=(OF_ITAMI,)), PLAIN),
    ("Hannan at 149 m", Given("hannan", upper=149, zones=(OF_KANSAI,)), PLAIN),
    ("far from both", Given("afar", upper=149, zones=(OF_ITAMI, OF_KANSAI)), PLAIN),
    ("a vehicle at Hattori", Given("hattori", craft=vehicle(), upper=120, zones=(OF_ITAMI,)), DRIVING),
    (
        "a tether does not exempt",
        Given("hattori", craft=drone(tether_m=30), upper=120, zones=(OF_ITAMI,)),
        HIGHER | {"airport-surface"},
    ),
    (
        "99 g does not exempt",
        Given("hattori", craft=drone(mass_g=99), upper=120, zones=(OF_ITAMI,)),
        DAY | {"airport-surface"},
    ),
    # Under the horizontal surface approaches and transitions, which are in no data here, limit further.
    ("3,990 m from Itami", Given(at_m=(ITAMI, 3990 + SIDE), upper=40, zones=(OF_ITAMI,)), SPECIAL | {"airport-near"}),
    ("4,010 m from Itami", Given(at_m=(ITAMI, 4010 + SIDE), upper=40, zones=(OF_ITAMI,)), PLAIN),
    ("beside its runway", Given(at_m=(ITAMI, 600), upper=40, zones=(OF_ITAMI,)), SPECIAL | {"airport-near"}),
    # The gap is told, up to 24 km.
    ("Yao is 13 km from Tsurumi", Given("tsurumi", zones=(airport(None),)), OPEN | {"airport-unknown"}),
    ("an airport 30 km away", Given("tsurumi", zones=(airport(None, Point(135.575, 34.98)),)), PLAIN),
    (
        "an airport 23 km away",
        Given("tsurumi", zones=(airport(None, Point(135.575, 34.924)),)),
        OPEN | {"airport-unknown"},
    ),
    ("its ground is known twice", Given("tsurumi", zones=(OF_ITAMI, airport(None, ITAMI.point))), PLAIN),
    ("a vehicle near Yao", Given("tsurumi", craft=vehicle(), zones=(airport(None),)), DRIVING),
]

LOW = AltitudeBand(None, 30)
PLACES_AND_TIMES = [
    ("a protected facility", Given(zones=(zone(LayerKind.PROTECTED),)), PLAIN | {"protected"}),
    (
        "a protected facility, 99 g",
        Given(craft=drone(mass_g=99), zones=(zone(LayerKind.PROTECTED),)),
        DAY | {"protected"},
    ),
    (
        "a protected facility, tethered",
        Given(upper=10, craft=drone(tether_m=10), zones=(zone(LayerKind.PROTECTED),)),
        PLAIN | {"protected"},
    ),
    ("beside a protected facility", Given(zones=(AROUND,)), PLAIN),
    ("a vehicle there", Given(craft=vehicle(), zones=(zone(LayerKind.PROTECTED),)), DRIVING),
    # The Expo's ordinance lapsed after 2025-10-13 (facts, section 1).
    ("on the last day of an ordinance", Given(start="2025-10-13 10:00", zones=(LAPSED,)), PLAIN | {"ordinance"}),
    ("the day after it lapsed", Given(start="2025-10-14 10:00", zones=(LAPSED,)), PLAIN),
    (
        "over the last midnight",
        Given(start="2025-10-13 23:00", minutes=120, zones=(LAPSED,)),
        SPECIAL | {"ordinance", "night"},
    ),
    ("from the midnight on which it lapsed", Given(start="2025-10-14 00:00", zones=(LAPSED,)), SPECIAL_BY_NIGHT),
    ("up to the midnight on which it begins", Given(start="2026-12-02 23:00", zones=(TO_COME,)), SPECIAL_BY_NIGHT),
    ("the day before it begins", Given(zones=(zone(LayerKind.ORDINANCE, first_day=date(2026, 12, 4)),)), PLAIN),
    ("on its first day", Given(zones=(zone(LayerKind.ORDINANCE, first_day=date(2026, 12, 3)),)), PLAIN | {"ordinance"}),
    # Heights of a zone.
    ("above a low zone", Given(lower=30, zones=(zone(LayerKind.ORDINANCE, altitude=LOW),)), PLAIN),
    (
        "reaching into a low zone",
        Given(lower=29.99, zones=(zone(LayerKind.ORDINANCE, altitude=LOW),)),
        PLAIN | {"ordinance"},
    ),
    # A school's hours on Thursday 3 December, and its weekends.
    ("in a school's hours", Given(zones=(SCHOOL,)), PLAIN | {"school"}),
    ("up to a school's hours", Given(start="2026-12-03 07:00", minutes=30, zones=(SCHOOL,)), PLAIN),
    ("a minute into them", Given(start="2026-12-03 07:00", minutes=31, zones=(SCHOOL,)), PLAIN | {"school"}),
    ("from their end on", Given(start="2026-12-03 16:00", minutes=30, zones=(SCHOOL,)), PLAIN),
    ("on a Saturday", Given(start="2026-12-05 10:00", zones=(SCHOOL,)), PLAIN),
    ("a vehicle in a school's hours", Given(craft=vehicle(), zones=(SCHOOL,)), DRIVING | {"school"}),
    ("telecom in a school's hours", Given(craft=vehicle(Use.TELECOM), zones=(SCHOOL,)), {"school"}),
    ("99 g in a school's hours", Given(craft=drone(mass_g=99), zones=(zone(LayerKind.SCHOOL),)), DAY | {"school"}),
    # Quiet hours over midnight.
    ("in quiet hours", Given(craft=vehicle(), start="2026-12-03 23:00", zones=(QUIET,)), DRIVING | {"noise"}),
    (
        "in quiet hours after midnight",
        Given(craft=vehicle(), start="2026-12-03 05:00", minutes=30, zones=(QUIET,)),
        DRIVING | {"noise"},
    ),
    ("after quiet hours", Given(craft=vehicle(), start="2026-12-03 06:00", zones=(QUIET,)), DRIVING),
    ("before quiet hours", Given(craft=vehicle(), start="2026-12-03 21:00", zones=(QUIET,)), DRIVING),
    # Nesting, by day, from March to July; and a season over the turn of the year.
    ("in the nesting season", Given(start=SPRING, zones=(NESTING,)), PLAIN | {"nature"}),
    ("out of the nesting season", Given(start=WINTER, zones=(NESTING,)), PLAIN),
    ("on the last day of the season", Given(start="2026-07-31 10:00", zones=(NESTING,)), PLAIN | {"nature"}),
    ("the day after the season", Given(start="2026-08-01 10:00", zones=(NESTING,)), PLAIN),
    ("by night in the season", Given(craft=vehicle(), start="2026-05-12 21:00", zones=(NESTING,)), DRIVING),
    ("winter over the turn of the year", Given(start="2027-01-05 10:00", zones=(WINTERING,)), PLAIN | {"nature"}),
    ("after that winter", Given(start="2027-02-16 10:00", zones=(WINTERING,)), PLAIN),
    # A municipality is a place, no restriction.
    ("in a municipality", Given(zones=(zone(LayerKind.MUNICIPALITY),)), PLAIN),
    # What was never loaded.
    ("nothing loaded", Given(covered=frozenset()), OPEN | {f"{kind}-not-loaded" for kind in LOADED}),
    ("no DID loaded", Given(covered=LOADED - {LayerKind.DENSE}), OPEN | {"dense-not-loaded"}),
    ("no facilities loaded", Given(covered=LOADED - {LayerKind.PROTECTED}), OPEN | {"protected-not-loaded"}),
    ("no airports loaded", Given(covered=LOADED - {LayerKind.AIRPORT}), OPEN | {"airport-not-loaded"}),
    ("nothing loaded for a vehicle", Given(craft=vehicle(), covered=frozenset()), DRIVING),
]

EQUIPMENT = [
    # Inside the area and its heights, with the one tolerance of 25 cm.
    ("the area's own outline", Given(half=0.002), PLAIN),
    ("10 cm beyond it", Given(half=0.002001), PLAIN),
    ("a metre beyond it", Given(half=0.00201), PLAIN | {"outside-area"}),
    ("its greatest height", Given(upper=120, band=(0, 120)), PLAIN),
    ("above its greatest height", Given(upper=120.01, band=(0, 120)), PLAIN | {"outside-band"}),
    ("below its lowest height", Given(lower=9, band=(10, 120)), PLAIN | {"outside-band"}),
    ("a vehicle beyond the area", Given(craft=vehicle(), half=0.003), DRIVING | {"outside-area"}),
    # The police's answer (道路交通法 2条, 77条) and the track's width.
    ("a vehicle on a road", Given(craft=vehicle(), road=RoadAnswer.ROAD), DRIVING | {"road"}),
    ("a robot on a road", Given(craft=vehicle(Use.ROBOT), road=RoadAnswer.ROAD), DRIVING | {"road"}),
    ("a drone on a road", Given(road=RoadAnswer.ROAD), PLAIN),
    ("police not asked", Given(craft=vehicle(), road=RoadAnswer.NOT_ASKED), DRIVING | {"road-not-asked"}),
    ("police not asked, for a drone", Given(road=RoadAnswer.NOT_ASKED), PLAIN),
    ("as wide as the track", Given(craft=vehicle(width_m=2.5), track_m=2.5), DRIVING),
    ("wider than the track", Given(craft=vehicle(width_m=2.51), track_m=2.5), DRIVING | {"too-wide"}),
    ("of unknown width", Given(craft=vehicle(), track_m=2.5), DRIVING),
    ("a track of unknown width", Given(craft=vehicle(width_m=9)), DRIVING),
    # Insurance and licence on the last day by the site's clocks.
    ("insured on the day", Given(craft=drone(insured_until=date(2026, 12, 3))), PLAIN),
    ("insured until the day before", Given(craft=drone(insured_until=date(2026, 12, 2))), PLAIN | {"insurance"}),
    (
        "insured, over midnight",
        Given(craft=vehicle(insured_until=date(2026, 12, 3)), start="2026-12-03 23:00", minutes=120),
        DRIVING | {"insurance"},
    ),
    ("licensed on the day", Given(craft=drone(licensed_until=date(2026, 12, 3))), PLAIN),
    ("licensed until the day before", Given(craft=drone(licensed_until=date(2026, 12, 2))), PLAIN | {"licence"}),
    ("a vehicle's insurance", Given(craft=vehicle(insured_until=date(2026, 12, 2))), DRIVING | {"insurance"}),
    # Other uses.
    ("telecom", Given(craft=vehicle(Use.TELECOM)), set()),
    ("a drone of which nothing is said", Given(craft=Craft(Use.DRONE)), OPEN | UNSAID | {"mass-not-said"}),
    (
        "everything at once",
        Given(
            "hattori",
            drone(beyond_sight=True, drops=True),
            upper=160,
            start="2026-12-03 20:00",
            zones=(OF_ITAMI, zone(LayerKind.DENSE), zone(LayerKind.PROTECTED)),
        ),
        SPECIAL | {"bvlos", "dropping", "above-150", "night", "airport-surface", "dense", "protected"},
    ),
]

CASES = [*LAW, *SURFACES, *PLACES_AND_TIMES, *EQUIPMENT]


def test_there_are_at_least_120_cases() -> None:
    assert len({name for name, _, _ in CASES}) == len(CASES) >= 120


@pytest.mark.parametrize(("given", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_what_is_found(given: Given, expected: set[str]) -> None:
    assert {one.code for one in findings(given.subject)} == expected


def test_the_surface_is_told_where_it_is_broken_alone() -> None:
    # The footprint reaches from 4,430 to 4,520 m from the reference point: the surface passes 66 m within it.
    given = Given("hattori", upper=66, zones=(OF_ITAMI,), half=0.0005)
    (found,) = (one for one in findings(given.subject) if one.code == "airport-surface")
    whole = given.subject.asked[0].volume.footprint
    assert found.where is not None
    assert 0.1 < found.where.area / whole.area < 0.9
    assert found.what.values["ceiling"] == 65


def test_the_night_is_told_as_that_part_of_the_time() -> None:
    given = Given(start="2026-12-03 16:00", minutes=120)
    (found,) = (one for one in findings(given.subject) if one.code == "night")
    (dark,) = found.when
    whole = given.subject.asked[0].volume.period
    assert whole.start < dark.start < dark.end == whole.end


def test_several_volumes_say_the_same_once() -> None:
    one, other = (Given(zones=(zone(LayerKind.DENSE),), start=f"2026-12-0{day} 10:00").subject for day in (3, 4))
    both = replace(one, asked=(*one.asked, *other.asked))
    (found,) = (each for each in findings(both) if each.code == "dense")
    assert found.when == tuple(each.volume.period for each in both.asked)


def test_several_volumes_tell_all_their_places() -> None:
    one, other = (Given(place, zones=(zone(LayerKind.DENSE),)).subject for place in ("tsurumi", "hattori"))
    both = replace(one, asked=(*one.asked, *other.asked))
    (found,) = (each for each in findings(both) if each.code == "dense")
    assert found.where is not None
    assert found.where.area == pytest.approx(sum(each.volume.footprint.area for each in both.asked))


def test_nothing_says_clear() -> None:
    said = [text for _, given, _ in CASES for one in findings(given.subject) for text in (one.what.id, one.why.en)]
    assert not [text for text in said if "clear" in text.lower() or "allowed" in text.lower()]
