"""What the API takes and answers about projects."""

from datetime import datetime
from typing import Annotated

import msgspec

from testfields.projects.fields import Plan, PlanFacts
from testfields.web.parameters import LARGEST_ID
from testfields.web.schemas import NamedText

Id = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]


class PlanBody(Plan, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a project says; `name_public` lets the public map name the company."""


class NewProjectBody(PlanBody, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A new project; `company_id` only where the caller belongs to several companies."""

    company_id: Id | None = None


class ProjectView(PlanFacts, frozen=True, kw_only=True):
    """A project as its company, and staff of the land it is to be tried on, see it."""

    id: int
    version: int
    company_id: int
    company_name: NamedText
    title: NamedText
    created_at: datetime
