"""The fields of a site and of its areas, each said once.

An attribute is the column of the database and the field of a file with the same name. Files are read and written,
limits are checked, rows are stored, and the API and the pages tell of a site by these lines; the table in
maps/README.md is compared with them. Another field is another line here, and its column in `tables.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from testfields.core.fields import Row, rows_of
from testfields.sites.vocabulary import (
    DAYS_OFF,
    MODES,
    PROPERTY_CLASSES,
    SURFACES,
    DaysOff,
    FacilityValue,
    Label,
    Mode,
    PropertyClass,
    Surface,
    Use,
)

LONGEST_TEXT = 4000
LONGEST_NAME = 200


class Unit(StrEnum):
    """What a number counts."""

    MINUTES = "minutes"
    DAYS = "days"
    METRES = "metres"


@dataclass(frozen=True)
class Field:
    """What is said of a field beside its name and type.

    `told` is what it holds, for whoever writes files. `short` is its name in a Shapefile, whose names end after ten
    characters. `limits` are of the number, or of a text's characters. A field with a `default` may be left out of a
    file. `says` is what the site's page tells of a number; its places are fields of the same table, minutes with their
    unit, other numbers bare.
    """

    told: str
    short: str = ""
    unit: Unit | None = None
    limits: tuple[int, int] = (0, LONGEST_TEXT)
    words: Mapping[str, Label] = field(default_factory=dict)
    required: bool = True
    lines: bool = False
    default: object = None
    label: Label | None = None
    says: Label | None = None


Uses = tuple[Use, ...]
Facilities = Mapping[str, FacilityValue]

ALLOWED_USES = "`drone; vehicle; robot; telecom`; an area without uses has those of its site"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How a site may be booked, in minutes, days and metres."""

    slot_minutes: Annotated[
        int,
        Field(
            "grid on which times begin and end, counted from midnight; divides 1440",
            "slot_min",
            Unit.MINUTES,
            (1, 1440),
            says=Label(
                "開始と終了の時刻は%(slot_minutes)s単位です。", "Times begin and end on a grid of %(slot_minutes)s."
            ),
        ),
    ]
    minimum_minutes: Annotated[
        int, Field("shortest stay, a multiple of the grid", "least_min", Unit.MINUTES, (1, 525_600))
    ]
    maximum_minutes: Annotated[
        int,
        Field(
            "longest stay, a multiple of the grid",
            "most_min",
            Unit.MINUTES,
            (1, 525_600),
            says=Label(
                "1回の利用は%(minimum_minutes)sから%(maximum_minutes)sまでです。",
                "One stay lasts from %(minimum_minutes)s to %(maximum_minutes)s.",
            ),
        ),
    ]
    notice_minutes: Annotated[
        int,
        Field(
            "how long before the start an application must come",
            "notice_min",
            Unit.MINUTES,
            (0, 525_600),
            says=Label(
                "利用開始の%(notice_minutes)s前までに申請してください。",
                "Apply at least %(notice_minutes)s before the start.",
            ),
        ),
    ]
    horizon_days: Annotated[
        int,
        Field(
            "how far ahead one may book",
            "horizon_d",
            Unit.DAYS,
            (1, 3650),
            says=Label(
                "%(horizon_days)s日先まで申請できます。", "Applications are taken up to %(horizon_days)s days ahead."
            ),
        ),
    ]
    turnaround_minutes: Annotated[
        int,
        Field(
            "kept free after each stay",
            "turn_min",
            Unit.MINUTES,
            (0, 1440),
            says=Label(
                "利用後は、片付けのために%(turnaround_minutes)s空けます。",
                "After each stay %(turnaround_minutes)s are kept free for clearing up.",
            ),
        ),
    ]
    lateral_separation_m: Annotated[
        float,
        Field(
            "kept free on all sides between volumes of a shared area",
            "lateral_m",
            Unit.METRES,
            (0, 1000),
            says=Label(
                "共用の区画では、ほかの利用者と水平方向に%(lateral_separation_m)s m離れます。",
                "In shared areas, companies keep %(lateral_separation_m)s m apart from each other.",
            ),
        ),
    ]
    vertical_separation_m: Annotated[
        float,
        Field(
            "kept free above and below between volumes of a shared area",
            "vertical_m",
            Unit.METRES,
            (0, 1000),
            says=Label(
                "共用の区画では、ほかの利用者と垂直方向に%(vertical_separation_m)s m離れます。",
                "In shared areas, companies keep %(vertical_separation_m)s m of height between them.",
            ),
        ),
    ]
    no_show_minutes: Annotated[
        int,
        Field(
            "after so many minutes a stay ends as not used without a check-in",
            "noshow_min",
            Unit.MINUTES,
            (0, 1440),
            default=0,
            says=Label(
                "開始から%(no_show_minutes)s以内に利用開始の届け出がないと、その回の利用は取り消されます。",
                "A stay ends as not used where nobody has checked in within %(no_show_minutes)s of its start.",
            ),
        ),
    ]
    hold_minutes: Annotated[
        int,
        Field(
            "how long a hold lasts",
            "hold_min",
            Unit.MINUTES,
            (1, 43_200),
            says=Label(
                "申請の前に、%(hold_minutes)sまで仮予約できます。",
                "A place can be held for %(hold_minutes)s before the application is filed.",
            ),
        ),
    ]
    processing_days: Annotated[
        int,
        Field(
            "standard time for a decision",
            "process_d",
            Unit.DAYS,
            (0, 365),
            says=Label(
                "審査は%(processing_days)s日程度で終わります。", "Staff decide within about %(processing_days)s days."
            ),
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class SiteFacts:
    """What a file, the database and the API tell of a site in the same form. Heights in metres."""

    published: Annotated[bool, Field("whether everybody sees it; stays true while applications are under way")]
    sample: Annotated[bool, Field("whether it is a sample")]
    contact: Annotated[str, Field("whom to ask", required=False)]
    timezone: Annotated[str, Field("the zone whose clocks all times at the site go by: `Asia/Tokyo`")]
    property_class: Annotated[
        PropertyClass,
        Field("`administrative` (行政財産) or `ordinary` (普通財産)", "prop_class", words=PROPERTY_CLASSES),
    ]
    # The lowest land of Japan (mines and polders lie below the sea), and above Mt Fuji.
    ground_elevation: Annotated[
        float | None,
        Field(
            "height of the ground above Tokyo Peil",
            "ground_m",
            Unit.METRES,
            (-200, 4000),
            label=Label("地盤の標高", "Ground elevation"),
            says=Label(
                "%(ground_elevation)s m(東京湾平均海面からの高さ)", "%(ground_elevation)s m above sea level (T.P.)"
            ),
        ),
    ]
    public_holidays: Annotated[
        DaysOff,
        Field("`open` as usual or `closed` on public holidays", "holidays", words=DAYS_OFF, default="open"),
    ]
    year_end: Annotated[DaysOff, Field("the same from 29 December to 3 January", words=DAYS_OFF, default="open")]
    facilities: Annotated[Facilities, Field("`5g; power_kw=30; surface=asphalt; fence`", required=False)]
    uses: Annotated[Uses, Field(ALLOWED_USES)]


@dataclass(frozen=True, kw_only=True)
class AreaFacts:
    """What a file, the database and the API tell of an area in the same form."""

    mode: Annotated[Mode, Field("`exclusive` (one taker at a time) or `shared`", words=MODES)]
    surface: Annotated[
        Surface | None,
        Field("`asphalt`, `concrete`, `gravel`, `soil`, `grass`, `sand`, `water`", words=SURFACES),
    ]
    width_m: Annotated[float | None, Field("its width", "", Unit.METRES, (0, 10_000))]


POLICY = rows_of(Policy, Field)
SITE_FACTS = rows_of(SiteFacts, Field)
AREA_FACTS = rows_of(AreaFacts, Field)


def within_limits(table: Mapping[str, Row[Field]]) -> list[str]:
    """The conditions of a CHECK: the numbers of a table of fields within their limits."""
    return [f"{name} BETWEEN {one.field.limits[0]} AND {one.field.limits[1]}" for name, one in table.items()]


def policy_values(row: Any) -> dict[str, Any]:
    """What a row of the database says of a policy, as `Policy` takes it: PostgreSQL's numerics are floats here."""
    return {name: None if row[name] is None else one.type(row[name]) for name, one in POLICY.items()}
