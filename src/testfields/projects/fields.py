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
from testfields.projects.vocabulary import THEMES, Theme
from testfields.sites.vocabulary import USES, Label, Use

LONGEST_TITLE = 120
LONGEST_TEXT = 4000

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TITLE)]
Lines = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]


class Section(StrEnum):
    """The parts of the form, in their order."""

    WHAT = "what"
    HOW = "how"
    PUBLIC = "public"


SECTIONS: Mapping[str, Label] = {
    Section.WHAT: Label("実証の対象", "What is tried"),
    Section.HOW: Label("機材と安全対策", "With what, and how safely"),
    Section.PUBLIC: Label("公開する内容", "What the public sees"),
}


@dataclass(frozen=True)
class Field:
    """What is said of a field beside its name and type.

    `missing` is the fault of a field that is not filled in. A text of several `lines` may be longer. Of `words` one is
    chosen, all `in_sight` or behind a list. What is `free` may be changed whatever has been filed under the project.
    """

    section: Section
    label: Label
    missing: Label | None = None
    hint: Label | None = None
    lines: bool = False
    words: Mapping[str, Label] = field(default_factory=dict)
    in_sight: bool = False
    free: bool = False

    @property
    def most(self) -> int:
        """How many characters a text may have."""
        return LONGEST_TEXT if self.lines else LONGEST_TITLE


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
