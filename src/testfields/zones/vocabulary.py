"""The words of zones and findings, each with its Japanese and English label.

What a kind of layer means stands in `KINDS`, one row each, with its source and how sure it is: law and practice are
data here. The rows rest on the acts that they name; what is second-hand says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from testfields.sites.vocabulary import Label, Use


class Confidence(StrEnum):
    """How sure a fact is."""

    READ = "A"
    SECOND_HAND = "B"
    BACKGROUND = "C"


CONFIDENCES: Mapping[Confidence, Label] = {
    Confidence.READ: Label("公的な資料で確認", "read in an official document"),
    Confidence.SECOND_HAND: Label("二次資料による（要確認）", "second-hand, to be confirmed"),
    Confidence.BACKGROUND: Label("一般的な知識による（要確認）", "background knowledge, to be confirmed"),
}


class Severity(StrEnum):
    """What a finding asks of whoever applies, the gravest first."""

    BLOCKS = "blocks"
    PERMISSION = "needs permission"
    CONDITION = "condition"
    NOTICE = "notice"


SEVERITIES: Mapping[Severity, Label] = {
    Severity.BLOCKS: Label("実施できません", "Not possible"),
    Severity.PERMISSION: Label("別に許可や承認が必要", "Needs a permission"),
    Severity.CONDITION: Label("条件を守る必要", "On conditions"),
    Severity.NOTICE: Label("確認してください", "To be confirmed"),
}


class LayerKind(StrEnum):
    """What the zones of a layer are."""

    AIRPORT = "airport"
    DENSE = "dense"
    PROTECTED = "protected"
    ORDINANCE = "ordinance"
    SCHOOL = "school"
    NOISE = "noise"
    NATURE = "nature"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True)
class Source:
    """Where a rule stands, and how sure the portal is of it."""

    name: Label
    confidence: Confidence


@dataclass(frozen=True)
class Kind:
    """What is said of the zones of one kind; a kind that somebody `ought_to_load` is missed where no layer covers."""

    label: Label
    severity: Severity
    uses: frozenset[Use]
    why: Label
    cure: Label
    source: Source
    ought_to_load: bool = False


FLYING = frozenset({Use.DRONE})
ANYTHING = frozenset(Use)
AVIATION_ACT_85 = Source(Label("航空法 第132条の85", "Civil Aeronautics Act, Article 132-85"), Confidence.SECOND_HAND)
AVIATION_ACT_86 = Source(Label("航空法 第132条の86", "Civil Aeronautics Act, Article 132-86"), Confidence.SECOND_HAND)
KINDS: Mapping[LayerKind, Kind] = {
    LayerKind.AIRPORT: Kind(
        Label("空港の周辺", "Around airports"),
        Severity.PERMISSION,
        FLYING,
        Label(
            "空港の周りには、航空機のために高さを制限する面があります。その上を飛ぶには許可が必要です。",
            "Around an airport surfaces limit the height, for aircraft. Flying above them needs a permission.",
        ),
        Label(
            "制限される高さより低く飛ぶか、空港の管理者に確認の上、DIPSで許可を受けてください。",
            "Fly below the limit, or ask the airport and obtain the permission in DIPS.",
        ),
        AVIATION_ACT_85,
        ought_to_load=True,
    ),
    LayerKind.DENSE: Kind(
        Label("人口集中地区（DID）", "Densely inhabited districts (DID)"),
        Severity.PERMISSION,
        FLYING,
        Label(
            "人口集中地区の上空で無人航空機を飛ばすには、許可が必要です。",
            "Flying a drone over a densely inhabited district needs a permission.",
        ),
        Label(
            "DIPSで許可を受けるか、30m以下の係留で飛行してください。",
            "Obtain the permission in DIPS, or fly on a tether of 30 m or less.",
        ),
        AVIATION_ACT_85,
        ought_to_load=True,
    ),
    LayerKind.PROTECTED: Kind(
        Label("対象施設の周辺", "Around protected facilities"),
        Severity.PERMISSION,
        FLYING,
        Label(
            "重要な施設の周辺では、重さにかかわらず無人機の飛行が禁止されています。",
            "Around protected facilities drones of any weight may not fly.",
        ),
        Label(
            "施設の管理者の同意を得て、48時間前までに警察へ通報してください。",
            "Obtain the facility's consent and notify the police 48 hours before.",
        ),
        Source(Label("小型無人機等飛行禁止法", "Drone Act (protected facilities)"), Confidence.READ),
        ought_to_load=True,
    ),
    LayerKind.ORDINANCE: Kind(
        Label("条例による制限", "Restricted by ordinance"),
        Severity.PERMISSION,
        FLYING,
        Label("条例が、この期間の飛行を制限しています。", "An ordinance restricts flights in this period."),
        Label("条例を所管する窓口で手続きをしてください。", "Please ask the office that the ordinance names."),
        Source(Label("当該の条例", "The ordinance itself"), Confidence.READ),
    ),
    LayerKind.SCHOOL: Kind(
        Label("学校・保育所の近く", "Near schools and nurseries"),
        Severity.CONDITION,
        ANYTHING,
        Label("登下校や屋外活動の時間帯に当たります。", "This is when children come, go home or play outside."),
        Label(
            "時間をずらすか、監視員を置き、事前に学校へ知らせてください。",
            "Choose another time, or post marshals and tell the school beforehand.",
        ),
        Source(Label("土地所有者の運用", "The land owner's practice"), Confidence.BACKGROUND),
    ),
    LayerKind.NOISE: Kind(
        Label("静穏を保つ区域", "Quiet areas"),
        Severity.CONDITION,
        ANYTHING,
        Label("病院や住宅に近く、静けさを保つ時間帯です。", "Hospitals or homes are near, and it is a quiet time."),
        Label("時間をずらすか、音の小さい機材を使ってください。", "Choose another time, or quieter equipment."),
        Source(Label("土地所有者の運用", "The land owner's practice"), Confidence.BACKGROUND),
    ),
    LayerKind.NATURE: Kind(
        Label("自然を守る区域", "Nature to be spared"),
        Severity.CONDITION,
        ANYTHING,
        Label("鳥などの繁殖の時期に当たります。", "This is the nesting season of birds."),
        Label(
            "時期か場所を変えるか、管理者と離れる距離を決めてください。",
            "Choose another season or place, or agree on a distance with the site's staff.",
        ),
        Source(Label("土地所有者の運用", "The land owner's practice"), Confidence.BACKGROUND),
    ),
    LayerKind.MUNICIPALITY: Kind(
        Label("市区町村", "Municipalities"),
        Severity.NOTICE,
        frozenset(),
        Label("この市区町村にあります。", "It lies in this municipality."),
        Label("", ""),
        Source(
            Label("国土数値情報 行政区域", "National Land Numerical Information, administrative areas"), Confidence.READ
        ),
    ),
}
