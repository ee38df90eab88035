"""The words of a project, each with its Japanese and English label."""

from collections.abc import Mapping
from enum import StrEnum

from testfields.sites.vocabulary import Label


class Answer(StrEnum):
    """Yes or no; None where nothing was said."""

    YES = "yes"
    NO = "no"


ANSWERS: Mapping[str, Label] = {Answer.YES: Label("はい", "Yes"), Answer.NO: Label("いいえ", "No")}


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
