"""What somebody leaves behind who is locked out: who is left, and what is open, in each of their organisations."""

from dataclasses import dataclass
from datetime import datetime

from testfields.accounts.authority import May
from testfields.accounts.rules import OrganisationKind
from testfields.reservations.states import OPEN_TO_REVIEW, OVER, State

# Whose absence stops the work of an organisation: nobody else can decide, or let people in.
DECIDING = May.DECIDE.value.roles | May.ADMINISTER.value.roles
# A draft is nobody's business until it is filed.
SETTLED = OVER | {State.DRAFT}
UNDECIDED = OPEN_TO_REVIEW


@dataclass(frozen=True)
class Left:
    """One organisation without the person.

    `others` can still log in, `deciders` of them can approve, or administer. `open` are a company's applications under
    way, or those that wait for an owner's decision; of these, `overdue` are late and `due_at` is the first date.
    """

    organisation_id: int
    kind: OrganisationKind
    name_ja: str
    name_en: str
    contact_email: str
    others: int
    deciders: int
    open: int
    overdue: int
    due_at: datetime | None

    @property
    def undecided(self) -> bool:
        """Whether nobody is left who can decide, or administer, where somebody has to."""
        return self.kind is not OrganisationKind.COMPANY and self.deciders == 0

    @property
    def deserted(self) -> bool:
        """Whether nobody is left at all, so that letters go to the organisation's address for contact."""
        return self.others == 0


@dataclass(frozen=True)
class Closing:
    """An organisation that is to be deactivated, or has been.

    `people` of it can log in, or could; `sites` of an owner are published. The rest is as `Left` says.
    """

    id: int
    kind: OrganisationKind
    name_ja: str
    name_en: str
    active: bool
    people: int
    sites: int
    open: int
    overdue: int
    due_at: datetime | None
