"""Where somebody begins after logging in."""

from testfields.accounts.access import allowed
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor

# Whoever has several begins at the first.
HOMES = ((May.SEE_OWN_PAGES, "/my"), (May.SEE_DESK, "/desk"), (May.ADMINISTER, "/admin"))


def home_of(actor: Actor | None) -> str:
    """Where somebody finds what needs them."""
    return next((path for may, path in HOMES if allowed(actor, may)), "/")
