"""What may stand in the way at a site: one row for each kind of claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from testfields.core.errors import N_
from testfields.db.sets import a_column, a_set


class ClaimKind(StrEnum):
    """What a claim is taken for."""

    HOLD = "hold"
    RESERVATION = "reservation"
    CLOSURE = "closure"
    ALLOTMENT = "allotment"


class Source(StrEnum):
    """The table that `source_id` of a claim points to."""

    RESERVATION = "reservation"
    CLOSURE = "closure"


@dataclass(frozen=True)
class KindRow:
    """All that is said of a kind of claim.

    `word` is for people, `told` is the kind of time in the answers about free time, `shape` is how it is drawn (the
    word after ``shape--`` in css/map.css). Without a `source` there is no row that has to keep step with the claim.
    """

    word: str
    told: str
    shape: str
    source: Source | None = None


K = ClaimKind
KINDS: Mapping[ClaimKind, KindRow] = {
    K.HOLD: KindRow(N_("Held by somebody"), "held", "held", Source.RESERVATION),
    K.RESERVATION: KindRow(N_("Booked"), "reserved", "taken", Source.RESERVATION),
    K.CLOSURE: KindRow(N_("Closed by the owner"), "closed", "closed", Source.CLOSURE),
    K.ALLOTMENT: KindRow(N_("Kept for a lottery"), "reserved", "closed"),
}


def kinds_of(source: Source) -> frozenset[ClaimKind]:
    """The kinds whose claims belong to a row of that table."""
    return frozenset(kind for kind, row in KINDS.items() if row.source is source)


OF_RESERVATIONS = kinds_of(Source.RESERVATION)

SQL = "".join(
    (
        a_set("claims_of_reservations", OF_RESERVATIONS),
        a_column("claim_source", {kind: row.source for kind, row in KINDS.items()}),
        a_column("claim_told", {kind: row.told for kind, row in KINDS.items()}),
    )
)
