"""The desk's queue as a page."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from litestar import Request, get
from litestar.params import FromQuery, QueryParameter
from litestar.response import Template

from testfields.accounts.access import allowed
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, fault
from testfields.notifications.service import mails_are_late
from testfields.reservations.states import State
from testfields.reviews import service, work
from testfields.reviews.routes import After, InState, Text, cursor_of, cursor_text
from testfields.reviews.rules import PARTS, SHORT, STATES_SHOWN, Due, Order, Shown, Whose, order_of
from testfields.reviews.service import QueueQuery
from testfields.reviews.views import desk, kept_filters, queue_row
from testfields.web import locale
from testfields.web.pages import page

PAGE = 50
Choice = TypeVar("Choice", Due, Order, Whose)


def _chosen(kind: type[Choice], name: str, text: str) -> Choice | None:
    """A list's choice, which is empty for any; raises InvalidInput for what is no choice of it."""
    if text and text not in list(kind):
        raise InvalidInput([fault(name, N_("This value cannot be read."))])
    return kind(text) if text else None


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput([fault(name, N_("This value cannot be read."))]) from error


@get("/desk", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def queue_page(
    request: Request[Any, Any, Any],
    actor: Caller,
    in_state: InState = Shown.OPEN,
    site: FromQuery[str | None] = None,
    text: Text = None,
    due: FromQuery[str] = "",
    order: FromQuery[str] = "",
    whose: FromQuery[str] = "",
    first_day: Annotated[str, QueryParameter(name="from")] = "",
    last_day: Annotated[str, QueryParameter(name="to")] = "",
    after: After = None,
) -> Template:
    """Applications to decide on; the filters are the page's address."""
    query = QueueQuery(
        in_state,
        site or None,
        text or None,
        _chosen(Due, "due", due),
        _chosen(Order, "order", order),
        _day("from", first_day),
        _day("to", last_day),
        _chosen(Whose, "whose", whose),
        cursor_of(after),
        PAGE,
    )
    rows = await service.queue(actor, query, now())
    filters, cursor = kept_filters(request.url.query), cursor_text(rows, PAGE)
    sorted_by = order_of(query.shown, query.order)
    return page(
        request,
        "reviews/queue.html",
        mails_late=await mails_are_late(now()),
        rows=[queue_row(actor, row) for row in rows],
        may_describe=allowed(actor, May.DESCRIBE_SITES),
        may_book=allowed(actor, May.FILE_FOR),
        sites=[{"value": row["slug"], "label": locale.named(row, "name")} for row in await service.sites(actor)],
        shown=in_state.value,
        parts=_parts(filters, in_state, await work.counts(actor)),
        order=sorted_by.value,
        may_sort=in_state in SHORT,
        typed={"site": site or "", "text": text or "", "due": due, "whose": whose, "from": first_day, "to": last_day},
        filters=filters,
        next_href=f"{desk(filters)}{'&' if filters else '?'}{urlencode({'after': cursor})}" if cursor else "",
    )


def _parts(filters: str, shown: Shown, counts: dict[State, int]) -> list[dict[str, Any]]:
    """The tabs; each of those that are worked through with how many there are, whatever the other filters say."""
    return [
        {
            "label": locale.translate(text),
            "href": desk(_with(filters, "state", part)),
            "current": part is shown,
            "count": sum(counts.get(state, 0) for state in STATES_SHOWN[part]) if part in SHORT else None,
        }
        for part, text in PARTS.items()
    ]


def _with(filters: str, name: str, value: str) -> str:
    return urlencode([(key, kept) for key, kept in parse_qsl(filters) if key != name] + [(name, value)])


pages: Sequence[Any] = (queue_page,)
