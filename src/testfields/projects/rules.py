"""What a project must say before reservations can be made under it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from testfields.core.errors import N_, Fault, InvalidInput, fault
from testfields.core.texts import line_faults, text_faults, tidy
from testfields.sites.vocabulary import USES, Label

LONGEST_TITLE = 120
LONGEST_TEXT = 4000


class Theme(StrEnum):
    """What a trial is for."""

    MOBILITY = "mobility"
    LOGISTICS = "logistics"
    INSPECTION = "inspection"
    DISASTER = "disaster"
    AGRICULTURE = "agriculture"
    WELFARE = "welfare"
    TOURISM = "tourism"
    ENVIRONMENT = "environment"
    COMMUNICATIONS = "communications"
    OTHER = "other"


THEMES: Mapping[str, Label] = {
    Theme.MOBILITY: Label("移動・交通", "Mobility"),
    Theme.LOGISTICS: Label("物流・配送", "Logistics and delivery"),
    Theme.INSPECTION: Label("点検・測量", "Inspection and survey"),
    Theme.DISASTER: Label("防災・災害対応", "Disaster preparedness and response"),
    Theme.AGRICULTURE: Label("農業", "Agriculture"),
    Theme.WELFARE: Label("医療・福祉", "Health and welfare"),
    Theme.TOURISM: Label("観光・にぎわい", "Tourism and events"),
    Theme.ENVIRONMENT: Label("環境・エネルギー", "Environment and energy"),
    Theme.COMMUNICATIONS: Label("通信", "Communications"),
    Theme.OTHER: Label("その他", "Other"),
}


@dataclass(frozen=True)
class Plan:
    """Who tries what, why, with what, and how safely; titles in both languages, the rest in the company's own words."""

    title_ja: str
    title_en: str
    purpose: str
    theme: str
    use: str
    equipment: str
    safety_plan: str
    name_public: bool = False


REQUIRED = {
    "title_ja": N_("Please enter the title in Japanese."),
    "title_en": N_("Please enter the title in English."),
    "purpose": N_("Please say what the trial is to find out."),
    "equipment": N_("Please list the equipment."),
    "safety_plan": N_("Please say how people and property are kept safe."),
}


def checked(plan: Plan) -> Plan:
    """The plan with its texts as they are kept; raises InvalidInput with all that is missing or does not fit."""
    texts = {name: tidy(getattr(plan, name)) for name in REQUIRED}
    faults = [found for name, text in texts.items() for found in _text_faults(name, text)]
    if plan.theme not in THEMES:
        faults.append(fault("theme", N_("Please choose a theme.")))
    if plan.use not in USES:
        faults.append(fault("use", N_("Please choose what is tried.")))
    if faults:
        raise InvalidInput(faults)
    return Plan(**texts, theme=plan.theme, use=plan.use, name_public=plan.name_public)


def _text_faults(name: str, text: str) -> list[Fault]:
    if not text:
        return [fault(name, REQUIRED[name])]
    if name.startswith("title"):
        return line_faults(name, text, LONGEST_TITLE)
    return text_faults(name, text, LONGEST_TEXT)


@dataclass(frozen=True)
class HowFar:
    """How far what was filed under a project has come: still under way, and before staff or permitted by them."""

    under_way: bool
    judged: bool


def check_fixed(plan: Plan, wanted: Plan, filed: HowFar) -> None:
    """Raise InvalidInput for each part of a plan that may not become what is wanted now.

    What is tried is fixed while an application counts on it, because areas allow some uses only. The whole plan is
    fixed while staff judge by it, and while a permit rests on it; whether the company is named is the company's alone.
    """
    changed = [name for name in (*REQUIRED, "theme", "use") if getattr(plan, name) != getattr(wanted, name)]
    if filed.judged and changed:
        raise InvalidInput([fault(name, FIXED) for name in changed])
    if filed.under_way and "use" in changed:
        raise InvalidInput([fault("use", FIXED_USE)])


FIXED_USE = N_("What is tried cannot be changed while an application under this project is under way.")
FIXED = N_(
    "An application under this project is being reviewed or has been approved, so this stays as it is."
    " Please make another project, or ask staff to return the application."
)
