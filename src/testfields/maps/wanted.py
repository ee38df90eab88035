"""What a page of trials shows, as its address says it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from litestar.params import QueryParameter

from testfields.core.errors import N_, InvalidInput, fault
from testfields.maps import service
from testfields.maps.rules import Sought, Span, days_of
from testfields.projects.vocabulary import Theme
from testfields.sites.vocabulary import Use

# As a form sends it: empty where nothing was chosen.
Typed = Annotated[str, QueryParameter(max_length=63)]
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Wanted:
    """The filters of a page at `path`; a `day` outdoes the `span`."""

    path: str
    span: Span | None = None
    day: date | None = None
    use: Use | None = None
    theme: Theme | None = None
    owner: str | None = None
    site: str | None = None

    def address(self, **others: object) -> str:
        """The page's address, with other filters in the place of some."""
        return address(self.path, {**self._query(), **others})

    def sought(self, now: datetime) -> Sought:
        """What to look for; raises InvalidInput for a day that is too far away."""
        days = days_of(self.span, self.day, service.today(now))
        return Sought(days, self.use, self.theme, self.owner, self.site)

    def for_map(self, now: datetime) -> dict[str, Any]:
        """The same as the API's parameters."""
        days = self.sought(now).days
        query = self._query()
        return {"from": days.first, "to": days.last, "past": "true" if days.past else None} | {
            name: query[name] for name in ("use", "theme", "owner", "site")
        }

    def _query(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "path"}


def wanted_of(
    path: str, span: str = "", day: str = "", use: str = "", theme: str = "", owner: str = "", site: str = ""
) -> Wanted:
    """What was chosen, where empty is anything; raises InvalidInput for what cannot be chosen."""
    return Wanted(
        path,
        _one_of(Span, "span", span),
        _day(day),
        _one_of(Use, "use", use),
        _one_of(Theme, "theme", theme),
        owner or None,
        site or None,
    )


def _one_of(words: type[E], name: str, value: str) -> E | None:
    try:
        return words(value) if value else None
    except ValueError:
        raise InvalidInput([fault(name, N_("This is not one of the choices. Please choose again."))]) from None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise InvalidInput([fault("day", N_("Please enter a day that there is."))]) from None


def address(path: str, query: dict[str, Any]) -> str:
    """`path` with what is asked for; what is not stands out of the address."""
    asked = {name: str(value) for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(asked)}" if asked else path
