"""The words of the catalogue, each with its Japanese and English label.

What a file, a filter or a column holds is the key; pages show the label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Label:
    """What people read for a key."""

    ja: str
    en: str


class Use(StrEnum):
    """What may be tried at a place."""

    DRONE = "drone"
    VEHICLE = "vehicle"
    ROBOT = "robot"
    TELECOM = "telecom"


class Mode(StrEnum):
    """Whether an area is taken as a whole or shared volume by volume."""

    EXCLUSIVE = "exclusive"
    SHARED = "shared"


class PropertyClass(StrEnum):
    """How public property is held, which decides between permit and lease (地方自治法 238条)."""

    ADMINISTRATIVE = "administrative"
    ORDINARY = "ordinary"


class RoadAnswer(StrEnum):
    """The prefectural police's answer to whether the place is a road (道路交通法 2条1項1号)."""

    NOT_ASKED = "not_asked"
    NOT_ROAD = "not_road"
    ROAD = "road"


class Surface(StrEnum):
    """What the ground is made of."""

    ASPHALT = "asphalt"
    CONCRETE = "concrete"
    GRAVEL = "gravel"
    SOIL = "soil"
    GRASS = "grass"
    SAND = "sand"
    WATER = "water"


class PlanKind(StrEnum):
    """What a piece of a site's plan shows."""

    LAND = "land"
    WATER = "water"
    PAVING = "paving"
    BUILDING = "building"
    ROAD = "road"
    TRACK = "track"
    PAD = "pad"
    TREES = "trees"
    FENCE = "fence"
    GATE = "gate"
    POWER = "power"
    TAP = "tap"
    TOILET = "toilet"
    CHARGER = "charger"
    OFFICE = "office"
    PARKING = "parking"
    HANGAR = "hangar"
    DANGER = "danger"


class DaysOff(StrEnum):
    """Whether a site keeps days off."""

    OPEN = "open"
    CLOSED = "closed"


class Measure(StrEnum):
    """How a facility is told: it is there, so much of it, or one of the surfaces."""

    PRESENCE = "presence"
    NUMBER = "number"
    SURFACE = "surface"


# True where a facility is simply there, else its number in the facility's unit, or its surface.
FacilityValue = bool | float | str


@dataclass(frozen=True)
class Facility:
    """Something a site offers; `unit` is that of its number."""

    key: str
    label: Label
    measure: Measure = Measure.PRESENCE
    unit: str = ""


USES: Mapping[str, Label] = {
    Use.DRONE: Label("ドローン", "Drone"),
    Use.VEHICLE: Label("自動運転車", "Autonomous vehicle"),
    Use.ROBOT: Label("ロボット", "Robot"),
    Use.TELECOM: Label("通信", "Telecommunications"),
}
MODES: Mapping[str, Label] = {
    Mode.EXCLUSIVE: Label("専用", "Exclusive"),
    Mode.SHARED: Label("共用", "Shared"),
}
PROPERTY_CLASSES: Mapping[str, Label] = {
    PropertyClass.ADMINISTRATIVE: Label("行政財産", "Administrative property"),
    PropertyClass.ORDINARY: Label("普通財産", "Ordinary property"),
}
ROAD_ANSWERS: Mapping[str, Label] = {
    RoadAnswer.NOT_ASKED: Label("警察に未照会", "Police not asked yet"),
    RoadAnswer.NOT_ROAD: Label("道路に当たらない", "Not a road"),
    RoadAnswer.ROAD: Label("道路に当たる", "A road"),
}
DAYS_OFF: Mapping[str, Label] = {
    DaysOff.OPEN: Label("ふだんどおり開場", "Open as usual"),
    DaysOff.CLOSED: Label("休業", "Closed"),
}
SURFACES: Mapping[str, Label] = {
    Surface.ASPHALT: Label("アスファルト", "Asphalt"),
    Surface.CONCRETE: Label("コンクリート", "Concrete"),
    Surface.GRAVEL: Label("砂利", "Gravel"),
    Surface.SOIL: Label("土", "Soil"),
    Surface.GRASS: Label("芝・草地", "Grass"),
    Surface.SAND: Label("砂", "Sand"),
    Surface.WATER: Label("水面", "Water"),
}
FACILITIES: Mapping[str, Facility] = {
    one.key: one
    for one in (
        Facility("5g", Label("5G", "5G")),
        Facility("wifi", Label("Wi-Fi", "Wi-Fi")),
        Facility("power_kw", Label("電源", "Power"), Measure.NUMBER, "kW"),
        Facility("charger", Label("充電設備", "Vehicle charger")),
        Facility("surface", Label("路面", "Surface"), Measure.SURFACE),
        Facility("width_m", Label("幅", "Width"), Measure.NUMBER, "m"),
        Facility("fence", Label("囲い", "Fence")),
        Facility("water", Label("水道", "Water")),
        Facility("office", Label("事務室", "Office")),
        Facility("storage", Label("倉庫", "Storage")),
        Facility("parking", Label("駐車場", "Parking"), Measure.NUMBER, "台"),
        Facility("lighting", Label("照明", "Lighting")),
        Facility("toilet", Label("トイレ", "Toilet")),
        Facility("accessible_toilet", Label("バリアフリートイレ", "Accessible toilet")),
        Facility("weather_station", Label("気象観測装置", "Weather station")),
    )
}

PLAN_KINDS: Mapping[PlanKind, Label] = {
    PlanKind.LAND: Label("陸地", "Land"),
    PlanKind.WATER: Label("水面", "Water"),
    PlanKind.PAVING: Label("舗装面", "Paved ground"),
    PlanKind.BUILDING: Label("建物", "Building"),
    PlanKind.ROAD: Label("道路・通路", "Road or path"),
    PlanKind.TRACK: Label("走行コース", "Track"),
    PlanKind.PAD: Label("離着陸場・待機場所", "Launch pad or pit"),
    PlanKind.TREES: Label("樹木", "Trees"),
    PlanKind.FENCE: Label("柵", "Fence"),
    PlanKind.GATE: Label("出入口", "Gate"),
    PlanKind.POWER: Label("電源", "Power point"),
    PlanKind.TAP: Label("水道", "Water point"),
    PlanKind.TOILET: Label("トイレ", "Toilet"),
    PlanKind.CHARGER: Label("充電設備", "Vehicle charger"),
    PlanKind.OFFICE: Label("事務室", "Office"),
    PlanKind.PARKING: Label("駐車場", "Car park"),
    PlanKind.HANGAR: Label("格納庫・倉庫", "Hangar or store"),
    PlanKind.DANGER: Label("危険箇所", "Danger spot"),
}
# Facilities with a place of their own: what people look for on the ground, and a page lists beside its map.
PLACES = (
    PlanKind.GATE, PlanKind.PAD, PlanKind.HANGAR, PlanKind.OFFICE, PlanKind.POWER, PlanKind.CHARGER, PlanKind.TAP,
    PlanKind.TOILET, PlanKind.PARKING,
)  # fmt: skip
# What stands for a point of a plan, in icons/sprite.svg; other kinds are drawn by their outline.
PLAN_SIGNS: Mapping[PlanKind, str] = {
    PlanKind.TREES: "tree",
    PlanKind.PAD: "pad",
    PlanKind.GATE: "gate",
    PlanKind.POWER: "power",
    PlanKind.TAP: "water",
    PlanKind.DANGER: "warning",
    PlanKind.TOILET: "toilet",
    PlanKind.CHARGER: "charger",
    PlanKind.OFFICE: "office",
    PlanKind.PARKING: "parking",
    PlanKind.HANGAR: "hangar",
}
