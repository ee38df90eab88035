"""What is left behind, in words: for the page and for the terminal."""

from testfields.accounts.rules import OrganisationKind
from testfields.core.errors import N_, Message
from testfields.leaving.rules import Closing, Left

NOBODY = {
    OrganisationKind.COMPANY: N_("Nobody else of the company can log in."),
    OrganisationKind.OWNER: N_("Nobody is left who can approve or reject."),
    OrganisationKind.OPERATOR: N_("No administrator is left."),
}


def warnings(left: Left) -> list[Message]:
    """What stops when the person goes; nothing where others carry on."""
    alone = left.undecided or (left.deserted and left.kind is OrganisationKind.COMPANY)
    by_post = Message(N_("Mails go to the address for contact instead: %(email)s"), {"email": left.contact_email})
    return [
        *([Message(NOBODY[left.kind])] if alone else []),
        *([by_post] if left.deserted and left.kind is not OrganisationKind.OPERATOR else []),
    ]


def remains(left: Left) -> list[Message]:
    """Who is left."""
    told = [Message(N_("Others who can log in: %(count)s"), {"count": left.others})]
    if left.kind is OrganisationKind.OWNER:
        told.append(Message(N_("Of these, can approve or reject: %(count)s"), {"count": left.deciders}))
    if left.kind is OrganisationKind.OPERATOR:
        told.append(Message(N_("Of these, administrators: %(count)s"), {"count": left.deciders}))
    return told


def pending(left: Left | Closing) -> list[Message]:
    """What is open."""
    match left.kind:
        case OrganisationKind.COMPANY:
            return [Message(N_("Applications under way: %(count)s"), {"count": left.open})]
        case OrganisationKind.OWNER:
            return [
                Message(N_("Applications that wait for a decision: %(count)s"), {"count": left.open}),
                *([Message(N_("Of these, overdue: %(count)s"), {"count": left.overdue})] if left.overdue else []),
            ]
        case OrganisationKind.OPERATOR:
            return []


def stays_open(closing: Closing) -> list[Message]:
    """What an organisation leaves open that is deactivated."""
    told = [Message(N_("People who can log in: %(count)s"), {"count": closing.people}), *pending(closing)]
    if closing.sites:
        text = N_("Published test fields, which stay on the map and take no applications any more: %(count)s")
        told.append(Message(text, {"count": closing.sites}))
    return told
