"""What the API takes and answers about projects."""

from datetime import datetime
from typing import Annotated

import msgspec

from testfields.projects.rules import LONGEST_TEXT, LONGEST_TITLE, Theme
from testfields.sites.vocabulary import Use
from testfields.web.parameters import LARGEST_ID
from testfields.web.schemas import NamedText

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TITLE)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]
Id = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]


class PlanBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a project says; `name_public` lets the public map name the company."""

    title_ja: Title
    title_en: Title
    purpose: Text
    theme: Theme
    use: Use
    equipment: Text
    safety_plan: Text
    name_public: bool = False


class NewProjectBody(PlanBody, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A new project; `company_id` only where the caller belongs to several companies."""

    company_id: Id | None = None


class ProjectView(msgspec.Struct, frozen=True):
    """A project as its company, and staff of the land it is to be tried on, see it."""

    id: int
    version: int
    company_id: int
    company_name: NamedText
    title: NamedText
    purpose: str
    theme: Theme
    use: Use
    equipment: str
    safety_plan: str
    name_public: bool
    created_at: datetime
