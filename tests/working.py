"""A real worker and a real SMTP server for tests of what follows from a decision."""

import asyncio
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from testfields import worker
from testfields.db.statements import Statement
from testfields.settings import Settings, load

DUE = Statement("""
    SELECT count(*) FROM procrastinate_jobs
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) AND queue_name = 'events'
""")
# All that waits for its time is due now.
HURRY = Statement("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo' AND scheduled_at > now()")
# So is what waits for as long as a decision can be taken back.
TELL_NOW = Statement("""
    UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'tell' AND status = 'todo'
""")
JOBS = Statement("""
    SELECT task_name, status::text AS status, attempts, scheduled_at FROM procrastinate_jobs
    WHERE task_name NOT IN ('pick_up_stalled', 'clear_away', 'take_up_overdue', 'end_what_is_over') ORDER BY id
""")


@dataclass
class Postbox:
    """An SMTP server on loopback and what it took."""

    url: str = ""
    received: list[EmailMessage] = field(default_factory=list)
    # As they stand on the wire, between < and >.
    receivers: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    # What is answered once a mail has been said.
    verdict: str = "250 OK"
    # What is answered to RCPT TO instead of 250, by address.
    answers: dict[str, str] = field(default_factory=dict)
    encrypted: list[bool] = field(default_factory=list)
    # While it is cleared, mails are taken but not answered for.
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        self.arrived.set()
        await self.answering.wait()
        made = email.message_from_bytes(envelope.content or b"", policy=default)
        assert isinstance(made, EmailMessage)
        self.received.append(made)
        self.encrypted.append(session.ssl is not None)
        return self.verdict

    def authenticate(self, server: SMTP, session: Any, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=True)

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one address."""
        return [one for one in self.received if one["To"].addresses[0].addr_spec == address]


class Listening(SMTP):
    """A server that keeps a receiver as it was written: aiosmtpd's own envelope has lost its quotes."""

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 (aiosmtpd's name)
        if arg is not None:
            self.event_handler.receivers.append(arg.partition("<")[2].partition(">")[0])
        await super().smtp_RCPT(arg)


@asynccontextmanager
async def postbox(tls: ssl.SSLContext | None = None) -> AsyncIterator[Postbox]:
    """An SMTP server; where `tls` is given it offers STARTTLS and then wants a login."""
    box = Postbox()
    box.answering.set()

    def session() -> Listening:
        return Listening(
            box,
            hostname="localhost",
            enable_SMTPUTF8=True,
            tls_context=tls,
            require_starttls=tls is not None,
            auth_required=tls is not None,
            authenticator=box.authenticate,
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    box.url = f"smtp://localhost:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield box
        box.answering.set()


def settings(folder: Path, smtp_url: str = "", **more: str) -> Settings:
    """Settings for a worker whose mails go to `smtp_url`, or into `folder`."""
    return load(
        {
            "TESTFIELDS_DATA": str(folder),
            "TESTFIELDS_BASE_URL": "https://portal.test",
            "TESTFIELDS_SMTP_URL": smtp_url,
            "TESTFIELDS_MAIL_FROM": "実証フィールドポータル <portal@city.test>",
            **more,
        }
    )


def words_of(mail: EmailMessage, kind: str = "plain") -> str:
    """The text or the HTML of a mail that went over the wire."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


async def work_off(url: str, chosen: Settings) -> None:
    """Let a real worker do every job that is due, and those that follow."""
    while await DUE.value():
        await worker.work(chosen, url, wait=False)


async def tell_now(url: str, chosen: Settings) -> None:
    """The same, and let the letters about decisions be written."""
    await work_off(url, chosen)
    await TELL_NOW.run()
    await work_off(url, chosen)


async def jobs() -> list[tuple[str, str]]:
    """Task and status of every job, in the order in which they were written."""
    return [(row["task_name"], row["status"]) for row in await JOBS.rows()]
