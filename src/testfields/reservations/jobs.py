"""What the worker does about applications."""

from testfields.accounts.authority import May
from testfields.accounts.guards import OnlyPortal
from testfields.core.clock import now
from testfields.reservations import steps
from testfields.web.features import Settings, Task


async def offer_waiting(_settings: Settings, site_id: int) -> None:
    """Offer what has become free at a site."""
    await steps.offer_waiting(site_id, now())


TASKS = (Task("offer_waiting", offer_waiting, OnlyPortal(May.CARRY_ON)),)
