"""Writing the mails that bring a link, and those that tell a company whether it is verified."""

from datetime import timedelta

from testfields.accounts import addresses, ways_in
from testfields.accounts import service as accounts
from testfields.accounts.authority import May
from testfields.accounts.guards import OnlyPortal
from testfields.accounts.rules import Purpose
from testfields.accounts.ways_in import WayIn
from testfields.accounts.words import ROLE_WORDS
from testfields.core.clock import now
from testfields.core.errors import N_, NotFound
from testfields.core.local_time import JAPANS_ZONE, local_date
from testfields.db.engine import transactional
from testfields.events import service as events
from testfields.joining import deputy_queries, inviting, queries, registering
from testfields.joining.rendering import render, render_deactivated, render_deputy, render_has_account, render_verified
from testfields.notifications import service as notifications
from testfields.notifications.rules import Channel, Letter, Receiver
from testfields.web.features import Settings, Task
from testfields.web.locale import translate

# The task that writes the mail of a link.
SEND_LINK = "send_link"
TELL_VERIFIED = "tell_verified"
TELL_DEPUTY = "tell_deputy"


@transactional
async def write(event_id: int, base_url: str) -> None:
    """Write the mail that brings a link; nothing where it is over, nor about a password to an address nobody has."""
    happened = await events.happened(event_id)
    way = await ways_in.by_number(happened.subject_id, now())
    letter = await _letter(way, base_url) if way else None
    if way is None or letter is None:
        return
    to = Receiver(None, None, "", letter.locale, way.id)
    await notifications.post(event_id, Channel.MAIL, to, letter, now())


async def _letter(way: WayIn, base_url: str) -> Letter | None:
    if way.purpose is Purpose.RESET:
        known = await accounts.actor_by_email(way.email)
        return render(way, known.locale, base_url) if known else await _deactivated(way.email)
    if way.purpose is Purpose.NEW_EMAIL:
        # Only the mail tells it, and so only whoever has the address.
        holder = await addresses.holder(way.email)
        return render_has_account(*holder, base_url) if holder else render(way, way.locale, base_url)
    if way.purpose is Purpose.OLD_EMAIL:
        return render(way, way.locale, base_url)
    if way.purpose is Purpose.REGISTER:
        said = await registering.said_by(way)
        return render(way, way.locale, base_url, company=said.name_ja if way.locale == "ja" else said.name_en)
    try:
        offered = await inviting.offered(way)
    except NotFound:
        return None
    roles = translate(N_(", "), way.locale).join(translate(ROLE_WORDS[role], way.locale) for role in offered.roles)
    name = offered.name_ja if way.locale == "ja" else offered.name_en
    return render(way, way.locale, base_url, organisation=name, name=offered.invited_by, roles=roles)


async def _deactivated(email: str) -> Letter | None:
    """Why there is no new password for somebody of deactivated organisations alone."""
    row = await queries.DEACTIVATED.row(email=email)
    if row is None:
        return None
    names = translate(N_(", "), row["locale"]).join(row[f"names_{row['locale']}"])
    return render_deactivated(names, row["contact"], row["locale"])


async def send_link(settings: Settings, event_id: int) -> None:
    """Write the mail that brings a link."""
    await write(event_id, settings.base_url)


@transactional
async def write_verified(event_id: int, base_url: str) -> None:
    """Write the mail that tells a company whether it is verified, to its address for contact."""
    happened = await events.happened(event_id)
    row = await queries.ADDRESSEE.row(id=happened.subject_id)
    if row is None:
        return
    name = row["name_ja"] if row["locale"] == "ja" else row["name_en"]
    letter = render_verified(happened.action, name, happened.reason, row["locale"], base_url)
    await notifications.post(
        event_id, Channel.MAIL, Receiver(None, happened.subject_id, name, row["locale"]), letter, now()
    )


async def tell_verified(settings: Settings, event_id: int) -> None:
    """Tell a company whether it is verified."""
    await write_verified(event_id, settings.base_url)


@transactional
async def write_deputy(event_id: int, base_url: str) -> None:
    """Write the mail that tells a deputy that they are named, or are one no longer."""
    happened = await events.happened(event_id)
    row = await deputy_queries.ONE.row(id=happened.subject_id)
    if row is None:
        return
    days = (local_date(row["starts_at"], JAPANS_ZONE), local_date(row["ends_at"], JAPANS_ZONE) - timedelta(days=1))
    letter = render_deputy(happened.action, dict(row.items()), days, base_url)
    to = Receiver(row["person_id"], None, row["deputy"], row["locale"])
    await notifications.post(event_id, Channel.MAIL, to, letter, now())


async def tell_deputy(settings: Settings, event_id: int) -> None:
    """Tell somebody that they stand in for an approver, or no longer."""
    await write_deputy(event_id, settings.base_url)


TASKS = (
    Task(SEND_LINK, send_link, OnlyPortal(May.WRITE_LETTER)),
    Task(TELL_VERIFIED, tell_verified, OnlyPortal(May.WRITE_LETTER)),
    Task(TELL_DEPUTY, tell_deputy, OnlyPortal(May.WRITE_LETTER)),
)
