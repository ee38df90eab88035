"""What forms call the fields of a site and of its areas, and what they say under them; texts for gettext."""

from collections.abc import Mapping

from testfields.core.errors import N_
from testfields.sites.fields import Unit

LABELS: Mapping[str, str] = {
    "owner": N_("Owner of the land"),
    "slug": N_("Short name in addresses"),
    "name_ja": N_("Name in Japanese"),
    "name_en": N_("Name in English"),
    "description_ja": N_("Description in Japanese"),
    "description_en": N_("Description in English"),
    "address_ja": N_("Where the field is, in Japanese"),
    "address_en": N_("Where the field is, in English"),
    "contact": N_("Contact"),
    "property_class": N_("Class of property"),
    "uses": N_("Allowed uses"),
    "geometry": N_("Outline"),
    "hours": N_("Opening hours"),
    "public_holidays": N_("On public holidays"),
    "year_end": N_("From 29 December to 3 January"),
    "exceptions": N_("Days with other hours"),
    "areas": N_("Areas"),
    "facilities": N_("Facilities"),
    "ground_elevation": N_("Height of the ground above sea level (T.P.)"),
    "road_answer": N_("Is it a road? Answer of the police"),
    "road_answered_on": N_("Date of the answer"),
    "published": N_("Published"),
    "slot_minutes": N_("Grid of the times"),
    "minimum_minutes": N_("Shortest stay"),
    "maximum_minutes": N_("Longest stay"),
    "notice_minutes": N_("Notice before the start"),
    "horizon_days": N_("How far ahead one may apply"),
    "turnaround_minutes": N_("Kept free after each stay"),
    "lateral_separation_m": N_("Kept free on all sides in shared areas"),
    "vertical_separation_m": N_("Kept free above and below in shared areas"),
    "no_show_minutes": N_("Counts as not used without a check-in after"),
    "hold_minutes": N_("How long a hold lasts"),
    "processing_days": N_("Usual time for a decision"),
    "mode": N_("How it is taken"),
    "surface": N_("Surface"),
    "width_m": N_("Width"),
    "parent": N_("Lies inside"),
    "altitude_lower": N_("Lowest height above ground"),
    "altitude_upper": N_("Greatest height above ground"),
}
HINTS: Mapping[str, str] = {
    "slug": N_("Small letters a–z, digits and hyphens. Left blank, it is made of the English name. It stays for good."),
    "contact": N_("Whom to ask: an e-mail address or a telephone number."),
    "uses": N_("What may be tried here. An area without any of them allows what its field does."),
    "slot_minutes": N_("Times begin and end on it, counted from midnight: 10, 15, 30 or 60, for instance."),
    "minimum_minutes": N_("A multiple of the grid."),
    "maximum_minutes": N_("A multiple of the grid. A day has 1440 minutes."),
    "notice_minutes": N_("So long before the start an application must come. 14 days are 20160 minutes."),
    "no_show_minutes": N_("0: never."),
    "exceptions": N_(
        "One day a line, as in 2026-08-13 closed, or 2026-11-03 10:00-12:00, 13:00-15:00. It goes before the weekday"
        " and before days off."
    ),
    "altitude_lower": N_("0 is the ground."),
    "road_answered_on": N_("As in 2026-04-01. Blank where the police have not been asked."),
}
UNITS: Mapping[Unit, str] = {Unit.MINUTES: N_("minutes"), Unit.DAYS: N_("days"), Unit.METRES: N_("metres")}
SHAPES: Mapping[str, str] = {"Point": N_("a point"), "LineString": N_("a line"), "Polygon": N_("a surface")}
WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
