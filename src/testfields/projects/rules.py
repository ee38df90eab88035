"""What a project must say before reservations can be made under it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from testfields.core.errors import N_, Fault, InvalidInput, fault
from testfields.core.fields import Row
from testfields.core.texts import line_faults, normal, text_faults, tidy
from testfields.projects.fields import FLOWN, PLAN, Field, Plan, PlanFacts
from testfields.projects.vocabulary import Answer
from testfields.sites.vocabulary import USES, Use
from testfields.zones.rules import Craft

# 登録記号: of a drone JU and ten more (無人航空機登録要領), of an aircraft JA, of one on trial JX.
SYMBOL = re.compile(r"JU[0-9A-Z]{10}|J[AX][0-9A-Z]{2,10}")
NO_SYMBOL = N_(
    "A registration symbol is JU and ten letters or digits, such as JU0123456789; of aircraft it begins with JA or JX."
)
NOT_FLOWN = N_("This is said of drones only. Please leave it empty, or choose the drone as what is tried.")


def checked(plan: Plan) -> Plan:
    """The plan with its texts as they are kept; raises InvalidInput with all that is missing or does not fit."""
    texts = {name: tidy(getattr(plan, name)) for name, row in PLAN.items() if row.type is str}
    kept = msgspec.structs.replace(plan, **texts | {"registration": _symbol(texts["registration"])})
    faults = [found for row in PLAN.values() for found in _faults(row, getattr(kept, row.name))]
    faults += _flight_faults(kept)
    if faults:
        raise InvalidInput(faults)
    return kept


def _symbol(text: str) -> str:
    """A registration symbol without the blanks and hyphens by which people part it."""
    return re.sub("[ \u2010-\u2015\u2212\u30fc-]", "", normal("NFKC", text)).upper()


def _flight_faults(plan: Plan) -> Iterator[Fault]:
    if plan.use != Use.DRONE:
        yield from (fault(name, NOT_FLOWN) for name in FLOWN if plan.use in USES and getattr(plan, name))
    elif plan.registration and not SYMBOL.fullmatch(plan.registration):
        yield fault("registration", NO_SYMBOL)


def _faults(row: Row[Field], value: Any) -> Iterator[Fault]:
    field = row.field
    chosen = value in field.words if field.words else value
    if value is None and row.optional:
        return
    if field.missing and not chosen:
        yield fault(row.name, SAYING, text=field.missing)
    elif field.words and not chosen:
        yield fault(row.name, N_("Please choose one of the answers."))
    elif field.unit and not (isinstance(value, int) and 1 <= value <= field.most):
        yield fault(row.name, N_("Please enter a whole number from 1 to %(most)s."), most=field.most)
    elif row.type is str:
        yield from (text_faults if field.lines else line_faults)(row.name, value, field.most)


# What the table says, it says in both languages.
SAYING = "%(text)s"


@dataclass(frozen=True)
class HowFar:
    """How far what was filed under a project has come: still under way, and before staff or permitted by them."""

    under_way: bool
    judged: bool


def craft_of(plan: PlanFacts) -> Craft:
    """What a plan says of the craft, as the checks of law take it; of an answer that is missing, nothing."""
    return Craft(
        Use(plan.use),
        mass_g=plan.mass_g,
        tether_m=plan.tether_m,
        beyond_sight=_is_so(plan.beyond_sight),
        near_people=_is_so(plan.near_people),
        over_event=_is_so(plan.over_event),
        dangerous_goods=_is_so(plan.dangerous_goods),
        drops=_is_so(plan.drops),
        registration=plan.registration,
        remote_id=_is_so(plan.remote_id),
    )


def _is_so(answer: Answer | None) -> bool | None:
    return None if answer is None else answer == Answer.YES


def check_fixed(plan: Plan, wanted: Plan, filed: HowFar) -> None:
    """Raise InvalidInput for each part of a plan that may not become what is wanted now.

    What is tried is fixed while an application counts on it, because areas allow some uses only. The whole plan is
    fixed while staff judge by it, and while a permit rests on it; whether the company is named is the company's alone.
    """
    changed = [
        name for name, row in PLAN.items() if not row.field.free and getattr(plan, name) != getattr(wanted, name)
    ]
    if filed.judged and changed:
        raise InvalidInput([fault(name, FIXED) for name in changed])
    if filed.under_way and "use" in changed:
        raise InvalidInput([fault("use", FIXED_USE)])


FIXED_USE = N_("What is tried cannot be changed while an application under this project is under way.")
FIXED = N_(
    "An application under this project is being reviewed or has been approved, so this stays as it is."
    " Please make another project, or ask staff to return the application."
)
