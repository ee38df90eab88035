"""Who may do what: the one table of authority, to be read from top to bottom.

A row says what it lets somebody do, and who may: anybody, the portal itself (a job), whoever sits at the terminal (a
command), or people by their role. A role reaches as far as its organisation: a company's people their own company's
things, an owner's staff the things on their own land, the operator's administrators everything. In a browser people may
do all that their roles allow; a token also needs the scope that stands beside the role, and where none stands no token
will do.

Every page, operation, job and command names one row, or it does not start (`accounts.guards`). What needs the thing
itself, such as whose land it lies on, is asked of the same row by `accounts.access`. What a state allows stands in
`reservations.rules.TRANSITIONS`, which names rows of this table. docs/authority.md lists the rows with their doors.
"""

from collections.abc import Set
from dataclasses import dataclass
from enum import Enum, StrEnum, unique
from functools import cached_property

from testfields.accounts.rules import COMPANY_ROLES, STAFF_ROLES, MemberRole, Scope
from testfields.core.errors import N_


class Kind(StrEnum):
    """What calls, where it is nobody by name."""

    ANYBODY = "anybody"
    # A job of the worker.
    PORTAL = "the portal itself"
    # A command, typed by whoever runs the portal's machine.
    TERMINAL = "the terminal"


@dataclass(frozen=True)
class To:
    """People with one of `roles`, None for whoever is logged in; a token of theirs needs `scope`, None for no token."""

    roles: Set[MemberRole] | None
    scope: Scope | None


@dataclass(frozen=True)
class Row:
    """What may be done, and who may.

    Others are told `refusal`; where there is none they are let through the door and find nothing behind it, as they
    are not to know what is there.
    """

    what: str
    who: tuple[Kind | To, ...]
    refusal: str | None = None

    @cached_property
    def people(self) -> tuple[To, ...]:
        """Those who may by name."""
        return tuple(one for one in self.who if isinstance(one, To))

    @cached_property
    def by_roles(self) -> bool:
        """Whether organisations bound what may be done; not where anybody may, or whoever is logged in."""
        return Kind.ANYBODY not in self.who and all(one.roles is not None for one in self.people)

    @cached_property
    def roles(self) -> frozenset[MemberRole]:
        """Every role by which somebody may."""
        return frozenset(role for one in self.people for role in one.roles or ())


MEMBERS, STAFF = COMPANY_ROLES, STAFF_ROLES
MANAGERS = frozenset({MemberRole.MANAGER})
REVIEWERS = frozenset({MemberRole.REVIEWER, MemberRole.APPROVER})
APPROVERS = frozenset({MemberRole.APPROVER})
# On the days for which an approver has named them.
DEPUTIES = frozenset({MemberRole.DEPUTY})
JUDGES = REVIEWERS | DEPUTIES
SITE_MANAGERS = frozenset({MemberRole.SITE_MANAGER})
STAFF_MANAGERS = frozenset({MemberRole.STAFF_MANAGER})
ADMINS = frozenset({MemberRole.ADMIN})
WHOEVER = None
NO_TOKEN = None
READ, BOOK, MANAGE = Scope.READ, Scope.BOOK, Scope.MANAGE

FOR_MEMBERS = N_("This is for members of a company.")
FOR_STAFF = N_("This is for staff of the land's owner.")
FOR_MAILS = N_("Only administrators and staff of the land's owner may read the mails.")
FOR_ADMINS = N_("This is for the portal's administrators only.")


@unique
class May(Enum):
    """One row each."""

    # --- Open to anybody
    LOOK_AROUND = Row("Look at all that is public: map, test fields, free time, trials, help", (Kind.ANYBODY,))
    CHECK_PERMIT = Row("Check a permit by the code on it", (Kind.ANYBODY,))
    COME_AND_GO = Row("Log in and out, register a company, and use the link of a mail", (Kind.ANYBODY,))
    WATCH = Row("Ask whether the portal is alive and ready", (Kind.ANYBODY,))

    # --- One's own account
    SEE_ACCOUNT = Row("See one's own account and tokens", (To(WHOEVER, READ),))
    # Whatever scope there is beside reading.
    CHANGE_ACCOUNT = Row(
        "Change one's own name and language", (To(WHOEVER, BOOK), To(WHOEVER, Scope.REVIEW), To(WHOEVER, MANAGE))
    )
    # Whoever found a token must not be able to make themselves another.
    GUARD_ACCOUNT = Row(
        "Change one's password and e-mail address, make and revoke one's tokens", (To(WHOEVER, NO_TOKEN),)
    )

    AGREE = Row("Agree to the terms of use and the privacy notice", (To(WHOEVER, NO_TOKEN),))

    # --- Organisations and people
    PUBLISH_TERMS = Row(
        "Publish a version of the terms of use or of the privacy notice", (To(ADMINS, MANAGE),), FOR_ADMINS
    )
    ADMINISTER = Row(
        "Add, change and deactivate organisations, add people, lock them out and let them in",
        (To(ADMINS, MANAGE), Kind.TERMINAL),
        FOR_ADMINS,
    )
    SEE_STATUS = Row("See how the portal stands: worker, mails, disk, versions", (To(ADMINS, READ),), FOR_ADMINS)
    SEE_PEOPLE = Row(
        "List people: everybody, or a manager's own organisation's",
        (To(ADMINS, MANAGE), To(MANAGERS | STAFF_MANAGERS, MANAGE)),
        N_("This is for administrators and for managers of an organisation only."),
    )
    SEE_MEMBERS = Row(
        "See and change, on its page, who is in one's organisation",
        (To(MANAGERS | STAFF_MANAGERS, MANAGE),),
        N_("This is for managers of an organisation only."),
    )
    INVITE = Row(
        "Invite people into one's organisation, and say what they are there",
        (To(ADMINS, MANAGE), To(MANAGERS | STAFF_MANAGERS, MANAGE)),
        N_("This is for administrators and for managers of an organisation only."),
    )
    ASK_VERIFIED = Row(
        "Say whether companies have to be verified before they apply for an owner's land",
        (To(ADMINS, MANAGE), To(STAFF_MANAGERS, MANAGE)),
        N_("This is for administrators and for staff managers of the land's owner only."),
    )
    READ_FEED = Row("Read a calendar by its secret address", (Kind.ANYBODY,))
    # As of one's tokens: whoever found one must not be able to make this.
    KEEP_FEED = Row("Make and end the secret address of one's calendar", (To(MEMBERS, NO_TOKEN),), FOR_MEMBERS)
    LEAVE = Row("Leave an organisation", (To(WHOEVER, NO_TOKEN),))
    READ_MAILS = Row(
        "Read the mails that the portal has written",
        (To(ADMINS, MANAGE), To(STAFF, Scope.REVIEW)),
        FOR_MAILS,
    )
    RESEND_MAIL = Row("Send a mail again", (To(ADMINS, MANAGE), To(STAFF, Scope.REVIEW)), FOR_MAILS)

    VERIFY = Row(
        "Look at companies that registered themselves, and verify them",
        (To(REVIEWERS, Scope.REVIEW),),
        FOR_STAFF,
    )

    SEE_DEPUTIES = Row("See who stands in for an approver of one's owner of land", (To(STAFF, READ),), FOR_STAFF)
    # A deputy names no deputy.
    NAME_DEPUTY = Row(
        "Name a colleague who decides on applications in one's place, and end that",
        (To(APPROVERS, MANAGE),),
        N_("This is for approvers of the land's owner."),
    )

    # --- A company and its projects
    SEE_OWN_PAGES = Row("See one's company's own pages", (To(MEMBERS, READ),), FOR_MEMBERS)

    PLAN_PROJECT = Row(
        "Plan a project of one's company, on its pages also change it",
        (To(MEMBERS, BOOK),),
        N_("Only members of a company can plan a project."),
    )
    CHANGE_PROJECT = Row("Change a project of one's company", (To(MEMBERS, BOOK),))
    # Staff see a project as soon as something has been filed under it on their land.
    SEE_PROJECTS = Row("Read projects", (To(MEMBERS, READ), To(STAFF, READ)))

    # --- Test fields
    SEE_UNPUBLISHED = Row("See one's own test fields before they are published", (To(STAFF, READ),))
    DRAW_PLAN = Row(
        "Draw the plan of a test field's ground",
        (To(APPROVERS | SITE_MANAGERS, MANAGE),),
        N_("Only approvers and site managers may draw the plan of a test field."),
    )

    DESCRIBE_SITES = Row(
        "Enter test fields of one's own, change them, publish and hide them",
        (To(APPROVERS | SITE_MANAGERS, MANAGE),),
        N_("Only approvers and site managers may change a test field."),
    )

    # --- Applications; which of these steps a state allows is said by `reservations.rules.TRANSITIONS`
    SEE_APPLICATIONS = Row("Read applications, and try what one would meet", (To(MEMBERS, READ), To(STAFF, READ)))
    KNOW_OWN = Row("Be told which of one's own applications is in the way", (To(MEMBERS, READ), To(MEMBERS, BOOK)))
    APPLY = Row(
        "File an application for one's company, change it, and see it through", (To(MEMBERS, BOOK),), FOR_MEMBERS
    )
    REVIEW = Row("Return an application with what is to be changed", (To(REVIEWERS | DEPUTIES, Scope.REVIEW),))
    DECIDE = Row(
        "Approve an application, reject it, revoke what was permitted", (To(APPROVERS | DEPUTIES, Scope.REVIEW),)
    )
    BE_ON_SITE = Row("Check in and out", (To(MEMBERS, BOOK), To(SITE_MANAGERS, Scope.REVIEW)))
    NOTE_NO_SHOW = Row("Note that nobody came", (To(SITE_MANAGERS, Scope.REVIEW), Kind.PORTAL))
    MIND_SITES = Row(
        "Note on the page of the day who came, left or did not come",
        (To(SITE_MANAGERS, Scope.REVIEW),),
        N_("This is for managers of the owner's sites."),
    )
    FILE_FOR = Row(
        "File for a company that asked staff to, on one's own land, and find the company",
        (To(REVIEWERS | SITE_MANAGERS, Scope.REVIEW),),
        FOR_STAFF,
    )
    CARRY_ON = Row("Take the step that follows from another, or that its time has come for", (Kind.PORTAL,))
    # The doors behind which any of these steps is taken; the step's own row is asked when its state is known.
    TAKE_STEP = Row("Take a step of an application", (*APPLY.who, *REVIEW.who, *DECIDE.who, *BE_ON_SITE.who))
    STEP_AT_DESK = Row("Take a decision at the desk", (*REVIEW.who, *DECIDE.who), FOR_STAFF)

    # --- The review desk, and closures of one's own land
    SEE_DESK = Row("See the desk: the queue of applications, and closures", (To(STAFF, READ),), FOR_STAFF)
    SEE_REVIEW = Row("See what the decision on an application rests on", (To(STAFF, READ),))
    REPLAY = Row(
        "Replay the decisions on an application: what was found by the zones that they saw, and by those of now",
        (To(STAFF, READ), Kind.TERMINAL),
    )
    MARK_READ = Row("Note that one has read an application", (To(STAFF, Scope.REVIEW),))
    WORK_ON_APPLICATION = Row(
        "Take an application on, give it to a colleague, note something about it for staff", (To(STAFF, Scope.REVIEW),)
    )
    CLOSE = Row(
        "Close test fields, whoever has booked there, and lift a closure",
        (To(APPROVERS | SITE_MANAGERS, MANAGE),),
        N_("Only approvers and site managers may close a test field."),
    )

    # --- The permit
    SEE_PERMIT = Row("Find the permit of an application", (To(MEMBERS, READ), To(STAFF, READ)))
    ISSUE_PERMIT = Row("Issue a permit and revoke it, as was decided", (Kind.PORTAL,))

    # --- What the portal does by itself beside, in jobs
    WRITE_LETTER = Row("Write a letter about an event, and send it", (Kind.PORTAL,))
    KEEP_HOUSE = Row("Clear away what is over, and pick up what was left half done", (Kind.PORTAL,))

    # --- What is typed at the terminal, beside the rows above that name it
    BRING_IN_SITES = Row("Bring test fields in from a file and give them out as one", (Kind.TERMINAL,))
    PUBLISH_ZONES = Row("Publish layers of zones from a file, and list them", (Kind.TERMINAL,))
    KEEP_DATABASE = Row("Bring the database up to date and look it through", (Kind.TERMINAL,))
    RUN = Row("Run the portal, its worker and the demo", (Kind.TERMINAL,))
