"""The words of the mails that bring a link. All texts are gettext ids; the Japanese stands in ``locales/ja``."""

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
}
