"""The fields of a project's plan, each said once.

An attribute is the column of the database and the field of the API and of the form with the same name. Plans are
checked and stored, told by the API and to the staff who judge them, and asked for by the form, by these lines. Another
field is another line here, and its column in `tables.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

import msgspec

from testfields.core.fields import rows_of
from testfields.projects.vocabulary import ANSWERS, THEMES, Answer, Theme
from testfields.sites.vocabulary import USES, Label, Use

LONGEST_TITLE = 120
LONGEST_TEXT = 4000
LONGEST_SYMBOL = 40
# In grams and metres; heavier and longer there is none.
HEAVIEST_G, LONGEST_TETHER_M = 25_000_000, 1000

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TITLE)]
Symbol = Annotated[str, msgspec.Meta(max_length=LONGEST_SYMBOL)]
Lines = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]


class Section(StrEnum):
    """The parts of the form, in their order."""

    WHAT = "what"
    HOW = "how"
    FLIGHT = "flight"
    PUBLIC = "public"


SECTIONS: Mapping[str, Label] = {
    Section.WHAT: Label("実証の対象", "What is tried"),
    Section.HOW: Label("機材と安全対策", "With what, and how safely"),
    Section.FLIGHT: Label("ドローンの飛行の条件（ドローンを使う場合）", "Flights, where a drone is used"),
    Section.PUBLIC: Label("公開する内容", "What the public sees"),
}


@dataclass(frozen=True)
class Field:
    """What is said of a field beside its name and type.

    `missing` is the fault of a field that is not filled in. A text of several `lines` may be longer. Of `words` one is
    chosen, all `in_sight` or behind a list. A whole number has a `unit`; `greatest` is the limit of such a number,
    or of a text's characters. What is `free` may be changed whatever has been filed under the project.
    """

    section: Section
    label: Label
    missing: Label | None = None
    hint: Label | None = None
    lines: bool = False
    unit: str = ""
    greatest: int | None = None
    words: Mapping[str, Label] = field(default_factory=dict)
    in_sight: bool = False
    free: bool = False

    @property
    def most(self) -> int:
        """How many characters a text may have, or how great a number may be."""
        return self.greatest or (LONGEST_TEXT if self.lines else LONGEST_TITLE)


def _flight(
    ja: str, en: str, hint_ja: str = "", hint_en: str = "", unit: str = "", greatest: int | None = None
) -> Field:
    """A field of how a drone is flown: a number with its unit, else a question; each may stay unanswered."""
    asked = {} if unit else ANSWERS
    hint = Label(hint_ja, hint_en) if hint_ja else None
    return Field(Section.FLIGHT, Label(ja, en), hint=hint, unit=unit, greatest=greatest, words=asked)


Grams = Annotated[int, msgspec.Meta(ge=1, le=HEAVIEST_G)]
Metres = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_TETHER_M)]


class PlanFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the API takes and tells of a plan in the same form."""

    use: Annotated[
        Use,
        Field(
            Section.WHAT,
            Label("実証の対象", "What is tried"),
            Label("実証の対象を選んでください。", "Please choose what is tried."),
            words=USES,
            in_sight=True,
        ),
    ]
    theme: Annotated[
        Theme,
        Field(
            Section.WHAT,
            Label("テーマ", "Theme"),
            Label("テーマを選んでください。", "Please choose a theme."),
            words=THEMES,
        ),
    ]
    purpose: Annotated[
        Lines,
        Field(
            Section.WHAT,
            Label("目的", "Purpose"),
            Label("この実証で何を確かめるかを入力してください。", "Please say what the trial is to find out."),
            Label("何を確かめるか、誰の役に立つか。", "What the trial is to find out, and whom it helps."),
            lines=True,
        ),
    ]
    equipment: Annotated[
        Lines,
        Field(
            Section.HOW,
            Label("機材", "Equipment"),
            Label("使用する機材を入力してください。", "Please list the equipment."),
            Label(
                "種類、台数、大きさ、重さ。100g以上の無人航空機は登録記号も入力してください。",
                "Kind, number, size and mass; for drones of 100 g or more the registration symbol.",
            ),
            lines=True,
        ),
    ]
    safety_plan: Annotated[
        Lines,
        Field(
            Section.HOW,
            Label("安全計画", "Safety plan"),
            Label(
                "人や物の安全をどのように守るかを入力してください。",
                "Please say how people and property are kept safe.",
            ),
            Label(
                "監視の体制、立入りを制限する範囲、停止の方法、緊急連絡先、保険。",
                "Who watches, what is fenced off, how it is stopped, whom to call, which insurance.",
            ),
            lines=True,
        ),
    ]
    mass_g: Annotated[
        Grams | None,
        _flight(
            "機体の重さ", "Mass of the drone", "積荷を含む最大の重さ。", "The greatest, with its load.", "g", HEAVIEST_G
        ),
    ] = None
    registration: Annotated[
        Symbol,
        Field(
            Section.FLIGHT,
            Label("登録記号", "Registration symbol"),
            greatest=LONGEST_SYMBOL,
            hint=Label("100g以上の機体。JUと英数字10文字。", "From 100 g: JU and ten letters and digits."),
        ),
    ] = ""
    remote_id: Annotated[Answer | None, _flight("リモートIDを発信しますか", "Does it send its remote ID?")] = None
    tether_m: Annotated[
        Metres | None,
        _flight(
            "係留する長さ",
            "Length of the tether",
            "係留しない場合は空欄。",
            "Leave empty where it flies without one.",
            "m",
            LONGEST_TETHER_M,
        ),
    ] = None
    beyond_sight: Annotated[
        Answer | None, _flight("目視外で飛ばしますか", "Is it flown beyond visual line of sight?")
    ] = None
    near_people: Annotated[
        Answer | None,
        _flight("第三者や物件から30m未満で飛ばしますか", "Is it flown within 30 m of people or property of others?"),
    ] = None
    over_event: Annotated[Answer | None, _flight("催し場所の上空を飛ばしますか", "Is it flown over an event?")] = None
    dangerous_goods: Annotated[Answer | None, _flight("危険物を運びますか", "Does it carry dangerous goods?")] = None
    drops: Annotated[Answer | None, _flight("物を投下しますか", "Does it drop objects?")] = None
    name_public: Annotated[
        bool,
        Field(
            Section.PUBLIC,
            Label("公開地図に事業者名を表示してよい", "The public map may name our company"),
            hint=Label(
                "許可の後、題名、テーマ、場所、日時を表示します。ここに印がなければ、事業者名は表示しません。",
                "The title, the theme, the place and the time are shown once permitted. Without this mark the company"
                " is not named.",
            ),
            free=True,
        ),
    ] = False
    plan_public: Annotated[
        bool,
        Field(
            Section.PUBLIC,
            Label("公開ページに目的と安全計画を載せてよい", "The public page may tell our purpose and safety plan"),
            hint=Label(
                "近くに住む方が、何のためにどのような安全対策で行うかを読めます。電話番号や個人の名前は書かないでください。",
                "People who live nearby can read what the trial is for and how it is kept safe. Please leave out"
                " telephone numbers and names of persons.",
            ),
            free=True,
        ),
    ] = False


class Plan(PlanFacts, frozen=True, kw_only=True):
    """Who tries what, why, with what, and how safely; titles in both languages, the rest in the company's own words."""

    title_ja: Annotated[
        Line,
        Field(
            Section.WHAT,
            Label("題名（日本語）", "Title in Japanese"),
            Label("日本語の題名を入力してください。", "Please enter the title in Japanese."),
            Label(
                "許可の後、公開地図に表示します。例：災害時の物資輸送ドローンの実証",
                "Shown on the public map once permitted, for example 「災害時の物資輸送ドローンの実証」",
            ),
        ),
    ]
    title_en: Annotated[
        Line,
        Field(
            Section.WHAT,
            Label("題名（英語）", "Title in English"),
            Label("英語の題名を入力してください。", "Please enter the title in English."),
        ),
    ]


FACTS = rows_of(PlanFacts, Field)
PLAN = rows_of(Plan, Field)
# Of a drone alone.
FLOWN = tuple(name for name, row in FACTS.items() if row.field.section is Section.FLIGHT)
# Questions that may stay unanswered.
ANSWERED = tuple(name for name, row in FACTS.items() if row.type is Answer)
