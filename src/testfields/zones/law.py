"""What the acts say of flying and driving, as far as the portal knows: one row a rule, with its source and confidence.

Second-hand and background knowledge is marked so and shown with that mark. A row changes where the act does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from testfields.sites.vocabulary import Label
from testfields.zones.rules import Asked, Craft
from testfields.zones.vocabulary import AVIATION_ACT_85, AVIATION_ACT_86, Confidence, Severity, Source

# In grams: lighter is no 無人航空機 (航空法 2条22項). In metres above ground: 航空法 132条の85, 1項1号.
LIGHT_G, HIGH_M = 100, 150
# A tether no longer than this, strong and fixed with access controlled, exempts from what `Method` and the zones say.
TETHER_M = 30


@dataclass(frozen=True)
class Rule:
    """How grave it is, why, by which source, and what would cure it."""

    severity: Severity
    why: Label
    cure: Label
    source: Source


def is_light(craft: Craft) -> bool:
    """Whether it is too light for the act's rules about drones."""
    return craft.mass_g is not None and craft.mass_g < LIGHT_G


def is_held(craft: Craft, asked: Asked) -> bool:
    """Whether it flies on a tether that exempts it, no higher than that reaches."""
    return craft.tether_m is not None and asked.top_m <= craft.tether_m <= TETHER_M


def _second_hand(ja: str, en: str) -> Source:
    return Source(Label(ja, en), Confidence.SECOND_HAND)


def _background(ja: str, en: str) -> Source:
    return Source(Label(ja, en), Confidence.BACKGROUND)


THE_SITE = Source(Label("実証フィールドの利用条件", "The test field's conditions of use"), Confidence.READ)
DIPS = Label(
    "DIPSで許可・承認を受け、番号を申請に書いてください。",
    "Obtain the approval in DIPS and state its number in the application.",
)
PERMISSION, CONDITION, NOTICE, BLOCKS = Severity.PERMISSION, Severity.CONDITION, Severity.NOTICE, Severity.BLOCKS

AREA = Rule(
    BLOCKS,
    Label("区画の範囲と高さは、土地の所有者が決めています。", "The land's owner sets the area's extent and heights."),
    Label("範囲か高さを区画の中に収めてください。", "Please keep within the area."),
    THE_SITE,
)
HIGH = Rule(
    PERMISSION,
    Label(
        "地表から150m以上の高さの飛行には、許可が必要です。", "Flying 150 m above ground or higher needs a permission."
    ),
    Label(
        "高さを150m未満にするか、DIPSで許可を受けてください。", "Stay below 150 m, or obtain the permission in DIPS."
    ),
    AVIATION_ACT_85,
)
# Lighter than a 無人航空機: what may disturb aircraft is asked for or told beforehand all the same.
HIGH_AND_LIGHT = Rule(
    CONDITION,
    Label(
        "100g未満の機体でも、高い空域や空港の周りで航空機の飛行に影響するおそれのある行為には、許可や通報が必要です。",
        "Under 100 g, too, what may disturb aircraft high up or around airports needs a permission or a notice.",
    ),
    Label("管轄の空港事務所に確認してください。", "Please ask the airport office in charge."),
    _background("航空法 第134条の3", "Civil Aeronautics Act, Article 134-3"),
)
HELD = Rule(
    NOTICE,
    Label("係留による特例は、係留索の届く高さまでの飛行に限られます。", "A tether exempts only as high as it reaches."),
    Label("高さを係留の長さまでに下げてください。", "Please ask for no more height than the tether has."),
    AVIATION_ACT_86,
)
NIGHT = Rule(
    PERMISSION,
    Label("日没から日出までの飛行には、承認が必要です。", "Flying between sunset and sunrise needs an approval."),
    Label("日中に変えるか、DIPSで承認を受けてください。", "Choose daylight, or obtain the approval in DIPS."),
    AVIATION_ACT_86,
)
METHOD = Rule(
    PERMISSION,
    Label("この方法で飛ばすには、承認が必要です。", "Flying in this way needs an approval."),
    DIPS,
    AVIATION_ACT_86,
)
NOT_SAID = Rule(
    NOTICE,
    Label(
        "飛行の方法により、承認が必要かどうかが決まります。",
        "Whether an approval is needed depends on how it is flown.",
    ),
    Label("案件に飛行の方法を記入してください。", "Please state it in the project."),
    AVIATION_ACT_86,
)
REGISTERED = Rule(
    CONDITION,
    Label(
        "100g以上の無人航空機は、登録と登録記号の表示が必要です。",
        "From 100 g a drone must be registered and show its symbol.",
    ),
    Label("登録記号を申請に書いてください。", "Please state the registration symbol."),
    Source(Label("航空法 第132条の2", "Civil Aeronautics Act, Article 132-2"), Confidence.READ),
)
MASS_NOT_SAID = replace(
    REGISTERED,
    severity=NOTICE,
    cure=Label("案件に機体の重さを記入してください。", "Please state the mass in the project."),
)
REMOTE_ID = Rule(
    CONDITION,
    Label("100g以上の無人航空機は、リモートIDの発信が必要です。", "From 100 g a drone must send its remote ID."),
    Label("リモートIDの有無を申請に書いてください。", "Please state whether it has a remote ID."),
    Source(Label("航空法 第132条の5", "Civil Aeronautics Act, Article 132-5"), Confidence.READ),
)
EMERGENCY = Rule(
    CONDITION,
    Label(
        "緊急用務空域は当日に指定されることがあり、100g未満の機体にも及びます。",
        "It may be designated on the day, and binds drones under 100 g too.",
    ),
    Label(
        "飛行の直前に、国土交通省の発表を確認してください。",
        "Please look at the ministry's notices right before the flight.",
    ),
    AVIATION_ACT_85,
)
WEATHER = Rule(
    CONDITION,
    Label("風や雨、見通しの悪さは事故につながります。", "Wind, rain and poor sight lead to accidents."),
    Label(
        "機体の仕様と管理者の定める基準を超える場合は中止してください。",
        "Stop where the craft's limits or those of the site's staff are passed.",
    ),
    _background("一般的な安全基準", "Common practice of safety"),
)
OPERATOR = Rule(
    CONDITION,
    Label(
        "公道でない場所でも、公道と同じ程度の安全対策が求められます。",
        "Off the road, too, measures as on a road are expected.",
    ),
    Label(
        "すぐに停止できる監視者を置き、立入りを制限してください。",
        "Post somebody who can stop it at once, and keep people away.",
    ),
    Source(
        Label(
            "自動走行システムに関する公道実証実験のためのガイドライン（警察庁、2016年）",
            "Police guideline on trials of automated driving, 2016",
        ),
        Confidence.READ,
    ),
)
CATEGORY_1 = Rule(
    NOTICE,
    Label(
        "特定飛行に当たるものは、ここで分かる範囲では見つかりませんでした。",
        "Nothing was found here that needs a permission under the act.",
    ),
    Label(
        "分からない点が残る場合は、国土交通省に確認してください。",
        "Where something is unknown, please confirm it with the ministry.",
    ),
    _second_hand("航空法（飛行カテゴリー）", "Civil Aeronautics Act (categories of flight)"),
)
CATEGORY_UNKNOWN = replace(
    CATEGORY_1,
    why=Label(
        "まだ分からない点があり、特定飛行に当たるかどうかを判断できません。",
        "Something is not known yet, so that nobody can tell whether a permission is needed under the act.",
    ),
    cure=Label(
        "記入のない項目を補い、登録されていない情報を所管の機関に確認してください。",
        "Please fill in what was not said, and confirm with the authorities what is not known here.",
    ),
)
CATEGORY_2 = Rule(
    CONDITION,
    Label(
        "特定飛行では、立入管理措置をとるか、カテゴリーIIIの免許と機体が必要です。",
        "Keep people away from below, or have the licence and the craft of category III.",
    ),
    Label("補助者を置き、区画への立入りを制限してください。", "Post assistants and keep people out of the area."),
    _second_hand("航空法（飛行カテゴリー）", "Civil Aeronautics Act (categories of flight)"),
)
FLIGHT_PLAN = Rule(
    CONDITION,
    Label(
        "特定飛行をする人は、前もって飛行計画を通報します。", "Whoever flies so notifies the flight plan beforehand."
    ),
    Label("DIPSで飛行計画を通報してください。", "Please notify the flight plan in DIPS."),
    _second_hand("航空法 第132条の88", "Civil Aeronautics Act, Article 132-88"),
)
FLIGHT_LOG = Rule(
    CONDITION,
    Label("特定飛行をする人は、飛行日誌を備えます。", "Whoever flies so keeps a flight log along."),
    Label("飛行日誌を持参し、飛行ごとに記録してください。", "Please bring the flight log and write each flight down."),
    _second_hand("航空法 第132条の89", "Civil Aeronautics Act, Article 132-89"),
)
INSURED = Rule(
    BLOCKS,
    Label("利用の日に有効な保険が必要です。", "An insurance that is valid on the day is needed."),
    Label("保険を更新し、新しい期限を入力してください。", "Please renew the insurance and enter its new end."),
    THE_SITE,
)
LICENSED = Rule(
    BLOCKS,
    Label("利用の日に有効な免許や証明が必要です。", "A licence that is valid on the day is needed."),
    Label("更新し、新しい期限を入力してください。", "Please renew it and enter its new end."),
    THE_SITE,
)
ROAD = Rule(
    PERMISSION,
    Label("道路に当たる場所では、道路使用許可が必要です。", "On a road a road-use permit is needed."),
    Label("警察署で道路使用許可を受けてください。", "Please obtain the permit at the police station."),
    Source(Label("道路交通法 第77条", "Road Traffic Act, Article 77"), Confidence.READ),
)
ROAD_UNKNOWN = Rule(
    NOTICE,
    Label("一般の人が自由に通る場所は、道路に当たることがあります。", "A place open to general traffic may be a road."),
    Label(
        "フィールドの管理者から府警察に確認します。お問い合わせください。",
        "The site's staff ask the prefectural police; please get in touch.",
    ),
    Source(Label("道路交通法 第2条", "Road Traffic Act, Article 2"), Confidence.READ),
)
# By frequency in GHz.
RADIO: Mapping[str, Rule] = {
    "5.6": Rule(
        BLOCKS,
        Label("5.6GHz帯は、上空では使えません。", "The band of 5.6 GHz may not be used aloft."),
        Label("ほかの周波数の機材を使ってください。", "Please use another band."),
        Source(Label("電波法", "Radio Act"), Confidence.READ),
    ),
    "5.7": Rule(
        CONDITION,
        Label(
            "5.7GHz帯には、第三級陸上特殊無線技士以上の資格と開局が必要です。",
            "The band of 5.7 GHz needs a radio operator's licence (third class) and a station licence.",
        ),
        Label("資格と無線局の免許を申請に書いてください。", "Please state both licences."),
        _second_hand("電波法", "Radio Act"),
    ),
}


@dataclass(frozen=True)
class Method:
    """A way of flying that needs an approval (航空法 132条の86), and whether a tether exempts from it."""

    code: str
    label: Label
    of: Callable[[Craft], bool | None]
    tether_exempts: bool = True


METHODS = (
    Method("bvlos", Label("目視外の飛行", "beyond visual line of sight"), lambda craft: craft.beyond_sight),
    Method(
        "near-people",
        Label("人や物件から30m未満の飛行", "within 30 m of people or property"),
        lambda craft: craft.near_people,
    ),
    Method(
        "over-event",
        Label("催し場所の上空の飛行", "over an event"),
        lambda craft: craft.over_event,
        tether_exempts=False,
    ),
    Method(
        "dangerous-goods",
        Label("危険物の輸送", "carrying dangerous goods"),
        lambda craft: craft.dangerous_goods,
        tether_exempts=False,
    ),
    Method("dropping", Label("物件の投下", "dropping objects"), lambda craft: craft.drops),
)
# What makes a flight a 特定飛行.
SPECIAL = frozenset({"airport-surface", "airport-near", "above-150", "dense", "night", *(one.code for one in METHODS)})
# What keeps anybody from telling the category.
UNKNOWN = ("-not-said", "-not-loaded", "-unknown")
