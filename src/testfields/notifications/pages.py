"""What went out and what did not arrive: for administrators all of it, for staff what is about their own land."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.local_time import JAPANS_ZONE, format_instant
from testfields.notifications import service
from testfields.notifications.rules import DeliveryState, Listed
from testfields.web import locale
from testfields.web.pages import page, redirect
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId

STATE_WORDS = {
    DeliveryState.WAITING: N_("Not sent yet"),
    DeliveryState.SENT: N_("Sent"),
    DeliveryState.FAILED: N_("Not delivered"),
}
InState = Annotated[str, QueryParameter(name="state")]
# Where somebody looks at mails, and what that place is called.
PLACES = {"/admin": N_("Administration"), "/desk": N_("Review desk")}


@get(["/admin/mails", "/desk/mails"], include_in_schema=False, guards=[Only(May.READ_MAILS)])
async def mails_page(
    request: Request[Any, Any, Any],
    actor: Caller,
    in_state: InState = "",
    before: Before = LARGEST_ID,
    limit: Limit = 50,
) -> Template:
    """Mails, newest first; an unknown state is none."""
    chosen = DeliveryState(in_state) if in_state in list(DeliveryState) else None
    mails = await service.latest(actor, chosen, before, limit)
    place = _place(request)
    filters = f"state={chosen}&" if chosen else ""
    older = f"{place}/mails?{filters}before={mails[-1].id}&limit={limit}" if len(mails) == limit else ""
    return page(
        request,
        "notifications/mails.html",
        mails=[_line(one) for one in mails],
        older=older,
        place={"href": place, "label": locale.translate(PLACES[place])},
        chosen=chosen,
        states=[(one.value, locale.translate(words)) for one, words in STATE_WORDS.items()],
    )


@get(
    ["/admin/mails/{mail_id:int}", "/desk/mails/{mail_id:int}"], include_in_schema=False, guards=[Only(May.READ_MAILS)]
)
async def mail_page(request: Request[Any, Any, Any], actor: Caller, mail_id: PathId) -> Template:
    """One mail, as its receiver reads it in plain text, and what became of it."""
    mail = await service.read(actor, mail_id)
    place = _place(request)
    return page(
        request,
        "notifications/mail.html",
        mail=mail,
        line=_line(mail),
        place={"href": place, "label": locale.translate(PLACES[place])},
        sent=_when(mail.sent_at),
        again=_when(mail.next_attempt_at),
    )


@post(
    ["/admin/mails/{mail_id:int}/resend", "/desk/mails/{mail_id:int}/resend"],
    include_in_schema=False,
    guards=[Only(May.RESEND_MAIL)],
)
async def resend_mail(request: Request[Any, Any, Any], actor: Caller, mail_id: PathId) -> Response[Any]:
    """Send a mail again; the form says in which state it was shown."""
    await service.resend(actor, mail_id, _seen((await request.form()).get("state")), now())
    return redirect(f"{_place(request)}/mails/{mail_id}", "success", N_("The mail is on its way again."))


def _seen(text: object) -> DeliveryState:
    """The state in which a form showed the mail; raises InvalidInput, as without it a second press would send twice."""
    if text not in list(DeliveryState):
        raise InvalidInput([fault("state", N_("This value cannot be read."))])
    return DeliveryState(str(text))


def _place(request: Request[Any, Any, Any]) -> str:
    return next(one for one in PLACES if request.url.path.startswith(one))


def _when(instant: datetime | None) -> str:
    return format_instant(instant, JAPANS_ZONE, locale.current()) if instant else ""


def _line(one: Listed) -> dict[str, Any]:
    return {
        "id": one.id,
        "email": one.email,
        "subject": one.subject,
        "state": one.state.value,
        "state_words": locale.translate(STATE_WORDS[one.state]),
        "why": one.last_error,
        "when": _when(one.created_at),
    }


pages = (mails_page, mail_page, resend_mail)
