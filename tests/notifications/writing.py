"""Letters for tests of what becomes of them."""

from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.db.engine import DB
from testfields.events import service as events
from testfields.events.rules import Event as Told
from testfields.events.rules import Subject
from testfields.events.tables import Event
from testfields.notifications import service
from testfields.notifications.rules import Channel, Letter, Receiver
from testfields.notifications.tables import Delivery


async def post(to: Receiver, subject: str = "件名", text: str = "本文です。", tenant_id: int | None = None) -> int:
    """The number of a letter that has just been written down, about an event of its own."""
    async with DB.transaction():
        told = Told(Subject.PERSON, to.person_id or 0, "let_in", "operator", tenant_id=tenant_id)
        await events.tell([told], now())
        newest = await Event.select(Event.id).order_by(Event.id, ascending=False).first()
        assert newest is not None
        letter = Letter(to.locale, subject, text, f"<p>{subject}</p>")
        await service.post(newest["id"], Channel.MAIL, to, letter, now())
        written = await Delivery.select(Delivery.id).where(Delivery.event_id == newest["id"]).first()
    assert written is not None
    return int(written["id"])


def person(actor: Actor) -> Receiver:
    """Somebody as the receiver of a letter."""
    return Receiver(actor.person_id, None, actor.name, actor.locale)
