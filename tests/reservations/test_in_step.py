"""State, last event and claim agree when a transaction ends, and a closure has its claim, whoever writes by hand."""

from dataclasses import dataclass

import asyncpg
import pytest

from testfields.availability.service import Asked
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.db.engine import DB
from testfields.reservations import filing
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from testfields.sites.tables import Site
from tests import factories

CLAIM = """
    INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
    SELECT id, '{kind}', {{{number}}}, geometry, '(,)', '[2030-01-01, 2030-01-02)' FROM site
"""
EVENT = """
    INSERT INTO event (subject, subject_id, actor_role, action, to_state)
    VALUES ('reservation', {{{number}}}, 'portal', 'approve', 'approved')
"""
CLOSURE = """
    INSERT INTO closure (site_id, kind, reason_ja, reason_en, period, created_by)
    SELECT site_id, kind, reason_ja, reason_en, '[2030-01-01, 2030-01-02)', created_by FROM closure
"""


def by_hand(sql: str, **values: str) -> str:
    return sql.format(**values)


ATTEMPTS = {
    "a claim of no reservation": (by_hand(CLAIM, kind="reservation", number="nobody"), "reservation_claim_in_step"),
    "a claim of a draft": (by_hand(CLAIM, kind="reservation", number="draft"), "reservation_claim_in_step"),
    "a hold of what is submitted": (by_hand(CLAIM, kind="hold", number="submitted"), "reservation_claim_in_step"),
    "a claim of no closure": (by_hand(CLAIM, kind="closure", number="nobody"), "closure_claim_in_step"),
    "a step of no reservation": (by_hand(EVENT, number="nobody"), "reservation_state_has_event"),
    "a reservation gone": (
        "DELETE FROM claim WHERE source_kind = 'reservation'; DELETE FROM volume;"
        " DELETE FROM reservation WHERE id = {submitted}",
        "reservation_state_has_event",
    ),
    "an approval of a draft": (by_hand(EVENT, number="draft"), "reservation_state_has_event"),
    "an approval told but not done": (by_hand(EVENT, number="submitted"), "reservation_state_has_event"),
    "an approval done but not told": ("UPDATE reservation SET state = 'approved'", "reservation_state_has_event"),
    "a claim given away": (
        "UPDATE claim SET source_id = {nobody} WHERE source_kind = 'reservation'",
        "reservation_claim_in_step",
    ),
    "a claim of another kind": (
        "UPDATE claim SET source_kind = 'allotment' WHERE source_kind = 'reservation'",
        "reservation_claim_in_step",
    ),
    "a claim taken away": ("DELETE FROM claim WHERE source_kind = 'reservation'", "reservation_claim_in_step"),
    "a closure without its claim": ("DELETE FROM claim WHERE source_kind = 'closure'", "closure_claim_in_step"),
    "a closure that claims nothing": (CLOSURE, "closure_claim_in_step"),
    "a closure lifted in name": ("UPDATE closure SET lifted_at = now()", "closure_claim_in_step"),
    "a closure gone": ("DELETE FROM closure", "closure_claim_in_step"),
}


@dataclass(frozen=True)
class Standing:
    """Numbers of a draft, of a submitted reservation, and of nothing."""

    draft: int
    submitted: int
    nobody: int = 999_999


async def standing() -> Standing:
    """A draft, a submitted reservation and a closure at one site."""
    field, company = await factories.field(), await factories.company()
    project = await factories.project(company)

    async def filed(action: Action) -> int:
        asked = (Asked(factories.period(9)),)
        return (await filing.file(company, Application(project, field.area_id, asked, action), now())).id

    site = await Site.select(Site.slug).first()
    assert site is not None
    closing = Closing(one_place(site["slug"]), ClosureKind.WORKS, "工事", "Works", factories.period(15))
    await closures.close(field.approver, closing, now())
    return Standing(await filed(Action.SAVE), await filed(Action.SUBMIT))


@pytest.mark.parametrize(("sql", "constraint"), ATTEMPTS.values(), ids=ATTEMPTS)
async def test_what_does_not_agree_is_refused(own_db: str, sql: str, constraint: str) -> None:
    numbers = await standing()
    async with DB.connection() as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refusal:
            await connection.execute(sql.format(**vars(numbers)))
    assert refusal.value.constraint_name == constraint


async def test_what_agrees_by_the_end_is_accepted_in_any_order(own_db: str) -> None:
    numbers = await standing()
    async with DB.connection() as connection, connection.transaction():
        await connection.execute(EVENT.format(number="draft").format(draft=numbers.draft))
        await connection.execute("UPDATE reservation SET state = 'approved' WHERE id = $1", numbers.draft)
        claim = CLAIM.format(kind="reservation", number="draft").format(draft=numbers.draft)
        await connection.execute(claim)
