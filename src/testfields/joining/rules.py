"""The words of the mails that bring a link, and of those that tell a company whether it is verified.

All texts are gettext ids; the Japanese stands in ``locales/ja``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from testfields.accounts.rules import Purpose
from testfields.core.errors import N_


@dataclass(frozen=True)
class Wording:
    """What one mail says: `do` is told above the link, `otherwise` to whom it was not meant for."""

    subject: str
    opening: str
    do: str
    otherwise: str


WORDS: Mapping[Purpose, Wording] = {
    Purpose.RESET: Wording(
        N_("Choose a new password"),
        N_("Somebody, probably you, has asked for a new password for this e-mail address."),
        N_("Please open this address and choose a new password."),
        N_("If it was not you, there is nothing you need to do. Your password stays as it is."),
    ),
    Purpose.INVITE: Wording(
        N_("Invitation to %(organisation)s"),
        N_("%(name)s invites you to work for %(organisation)s in the test-field portal, as: %(roles)s."),
        N_("Please open this address and accept the invitation."),
        N_("If you did not expect this, there is nothing you need to do. Nobody can use the portal in your name."),
    ),
    Purpose.REGISTER: Wording(
        N_("Registration of your company"),
        N_("Somebody, probably you, has registered %(company)s in the test-field portal with this e-mail address."),
        N_("Please open this address and confirm the registration."),
        N_("If it was not you, there is nothing you need to do. Nothing is registered without the link."),
    ),
    Purpose.NEW_EMAIL: Wording(
        N_("Confirm your new e-mail address"),
        N_("Somebody, probably you, wants to use this e-mail address for their account in the test-field portal."),
        N_("Please open this address and confirm it."),
        N_("If it was not you, there is nothing you need to do. Nothing changes without the link."),
    ),
    Purpose.OLD_EMAIL: Wording(
        N_("The e-mail address of your account was changed"),
        N_("Your account in the test-field portal has another e-mail address from now on. Mails go there."),
        N_(
            "If it was not you: please open this address. Your account goes back to this e-mail address, and you choose"
            " a new password."
        ),
        N_("If it was you, there is nothing you need to do."),
    ),
}

# To who asks for a new password and belongs to deactivated organisations alone: subject, why there is none, what to do.
DEACTIVATED = (
    N_("No new password: %(organisation)s is deactivated"),
    N_("You cannot log in at present, as %(organisation)s is deactivated in the test-field portal."),
    N_("If this should not be so, please ask the operator of the portal."),
)

# To an address that somebody asked to have, and that has an account: subject, and what that means.
HAS_ACCOUNT = (
    N_("This e-mail address has an account already"),
    N_(
        "Somebody, perhaps you, wanted to use this e-mail address for another account in the test-field portal. It has"
        " an account already, so nothing changes. If it was you, please log in with this address; a forgotten password"
        " can be replaced there. If it was not you, there is nothing you need to do."
    ),
)


# By the action that is told: subject, and what the deputy may do from then on.
DEPUTY: Mapping[str, tuple[str, str]] = {
    "name": (
        N_("You are named deputy of %(approver)s, %(first)s to %(last)s"),
        N_(
            "On these days you can approve and reject applications to %(organisation)s in their place. It is told as"
            " yours, for them. Cases of a company of your own stay with them."
        ),
    ),
    "end": (
        N_("You are no longer deputy of %(approver)s"),
        N_("From now on you do not decide on applications to %(organisation)s in their place."),
    ),
}

# By the action that is told: subject, and what the company can do now.
VERIFIED: Mapping[str, tuple[str, str]] = {
    "verify": (
        N_("%(company)s is verified"),
        N_("You can now apply for every test field. Drafts that you have saved can be submitted."),
    ),
    "do_not_verify": (
        N_("%(company)s could not be verified yet"),
        N_("Please answer to the owner of the land, who looks at it again. Until then you can save drafts."),
    ),
}
