"""Where a reservation may stand: one row for each state, with everything about it.

Nothing else lists states: code asks for a set by its name below, SQL for the function of that name (`SQL`), templates
for the row. Which actions lead from one to another is in `rules.TRANSITIONS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from testfields.availability.kinds import ClaimKind
from testfields.core.errors import N_
from testfields.db.sets import a_column, a_set


class State(StrEnum):
    """Where a reservation stands."""

    DRAFT = "draft"
    HELD = "held"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    ACTIVE = "active"
    COMPLETED = "completed"
    REPORTED = "reported"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NO_SHOW = "no_show"
    WAITING = "waiting"


class Stage(StrEnum):
    """How far it has come, in the portal's eyes and at the desk."""

    DRAFT = "draft"
    HELD = "held"
    WAITING = "waiting"
    # Before staff, who have to decide.
    OPEN = "open"
    RETURNED = "returned"
    DECIDED = "decided"
    OVER = "over"


class Ends(StrEnum):
    """When the portal ends what nobody has taken further."""

    BY_DEADLINE = "deadline"
    # Who waits can be helped until the time begins.
    AT_START = "start"
    # What is before staff can be decided, or returned for other times, until the last of its times is over.
    AT_END = "end"


class Need(IntEnum):
    """Why an application waits for its company; the most pressing kind first."""

    RETURNED = 1
    OFFER = 2
    HOLD = 3
    CHECK_OUT = 4
    CHECK_IN = 5
    REPORT = 6
    DRAFT = 7


@dataclass(frozen=True, kw_only=True)
class StateRow:
    """All that is said of a state.

    What people see: its `word`, `icon` and `tone` (words after ``state--`` in css/components.css); what the company is
    told when an application has come to it by being `filed` or `changed`; the heading over staff's reason, `why`, where
    the last word was theirs.

    What it means: its `stage`; the kind of claim that it has, if any; when it `ends` by itself; what it waits for the
    company to do, `need`. `private`: it may never have been more than a draft, which is nobody else's business. `due`:
    staff ought to decide by a date. `under_way`: it is still to be decided or to take place. `judged`: what its project
    says is before staff, or was permitted by them. `public`: the map may show it, and its permit holds.
    """

    word: str
    icon: str
    tone: str = ""
    filed: str = ""
    changed: str = ""
    why: str = ""
    stage: Stage
    claims: ClaimKind | None = None
    ends: Ends | None = None
    need: Need | None = None
    private: bool = False
    due: bool = False
    under_way: bool = False
    judged: bool = False
    public: bool = False


S = State
STATES: Mapping[State, StateRow] = {
    S.DRAFT: StateRow(
        word=N_("Draft"),
        icon="pencil",
        tone="dashed",
        filed=N_("The draft is saved."),
        stage=Stage.DRAFT,
        need=Need.DRAFT,
        private=True,
    ),
    S.HELD: StateRow(
        word=N_("Held"),
        icon="hourglass",
        tone="yellow dashed",
        filed=N_("The place is held for you until %(until)s. Please submit the application by then."),
        changed=N_("The change is kept, and the new place is held. Please submit the application in time."),
        stage=Stage.HELD,
        claims=ClaimKind.HOLD,
        ends=Ends.BY_DEADLINE,
        need=Need.HOLD,
        under_way=True,
    ),
    S.SUBMITTED: StateRow(
        word=N_("Submitted"),
        icon="send",
        tone="blue",
        filed=N_("The application is submitted. The owner plans to decide by %(until)s."),
        changed=N_("The change is filed; the owner reviews the application with it."),
        stage=Stage.OPEN,
        claims=ClaimKind.RESERVATION,
        ends=Ends.AT_END,
        due=True,
        under_way=True,
        judged=True,
    ),
    S.RETURNED: StateRow(
        word=N_("Returned"),
        icon="return",
        tone="orange",
        changed=N_("The change is kept. Please submit the application again when it is ready."),
        why=N_("The owner asks for changes"),
        stage=Stage.RETURNED,
        claims=ClaimKind.RESERVATION,
        ends=Ends.BY_DEADLINE,
        need=Need.RETURNED,
        under_way=True,
    ),
    S.APPROVED: StateRow(
        word=N_("Approved (not yet confirmed)"),
        icon="check",
        tone="green",
        stage=Stage.DECIDED,
        claims=ClaimKind.RESERVATION,
        under_way=True,
        judged=True,
    ),
    S.CONFIRMED: StateRow(
        word=N_("Permitted"),
        icon="seal",
        tone="green full",
        stage=Stage.DECIDED,
        claims=ClaimKind.RESERVATION,
        under_way=True,
        judged=True,
        public=True,
    ),
    S.ACTIVE: StateRow(
        word=N_("Under way"),
        icon="play",
        tone="cyan full",
        stage=Stage.DECIDED,
        claims=ClaimKind.RESERVATION,
        need=Need.CHECK_OUT,
        under_way=True,
        judged=True,
        public=True,
    ),
    S.COMPLETED: StateRow(
        word=N_("Completed"),
        icon="flag",
        tone="cyan",
        stage=Stage.DECIDED,
        claims=ClaimKind.RESERVATION,
        need=Need.REPORT,
        judged=True,
        public=True,
    ),
    S.REPORTED: StateRow(
        word=N_("Reported"),
        icon="document",
        tone="grey",
        stage=Stage.OVER,
        claims=ClaimKind.RESERVATION,
        judged=True,
        public=True,
    ),
    S.REJECTED: StateRow(
        word=N_("Rejected"), icon="x-circle", tone="red", why=N_("Why it was rejected"), stage=Stage.OVER
    ),
    S.WITHDRAWN: StateRow(word=N_("Withdrawn"), icon="leave", stage=Stage.OVER, private=True),
    S.CANCELLED: StateRow(word=N_("Cancelled"), icon="ban", stage=Stage.OVER),
    S.REVOKED: StateRow(
        word=N_("Permit revoked"),
        icon="revoke",
        tone="red full",
        why=N_("Why the permit was revoked"),
        stage=Stage.OVER,
    ),
    S.EXPIRED: StateRow(word=N_("Expired"), icon="clock-off", stage=Stage.OVER),
    S.NO_SHOW: StateRow(word=N_("No show"), icon="user-off", tone="red", stage=Stage.OVER),
    S.WAITING: StateRow(
        word=N_("Waiting list"),
        icon="queue",
        tone="purple",
        filed=N_("You are on the waiting list. When the place becomes free, it is held for you and you get a mail."),
        stage=Stage.WAITING,
        ends=Ends.AT_START,
        due=True,
        under_way=True,
    ),
}


def those(fits: Callable[[StateRow], object]) -> frozenset[State]:
    """The states whose row fits."""
    return frozenset(state for state, row in STATES.items() if fits(row))


CLAIMING = those(lambda row: row.claims)
PUBLIC = those(lambda row: row.public)
UNDER_WAY = those(lambda row: row.under_way)
# Those of a permitted application: its stays are used, missed or given back one by one.
PERMITTED = PUBLIC & UNDER_WAY
USED = PUBLIC - UNDER_WAY
OPEN_TO_REVIEW = those(lambda row: row.stage is Stage.OPEN)
UNDECIDED = those(lambda row: row.stage in {Stage.OPEN, Stage.RETURNED, Stage.WAITING})
OVER = those(lambda row: row.stage is Stage.OVER)

# The same for SQL. A reservation has a claim of the kind that its state claims, and no other.
SQL = "".join(
    (
        a_set("private_states", those(lambda row: row.private)),
        a_set("under_way_states", UNDER_WAY),
        a_set("permitted_states", PERMITTED),
        a_set("used_states", USED),
        a_set("judged_states", those(lambda row: row.judged)),
        a_column("claim_of_state", {state: row.claims for state, row in STATES.items()}),
        a_column("end_of_state", {state: row.ends for state, row in STATES.items()}),
    )
)
