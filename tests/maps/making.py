"""Trials in any state at any time, as the public map finds them: the past cannot be applied for."""

from testfields.accounts.rules import Actor
from testfields.core.periods import Period
from testfields.db.statements import Statement
from testfields.db.values import period_range
from testfields.reservations.rules import State
from testfields.reservations.states import CLAIMING, STATES
from testfields.reservations.stays import StayState

ADD = Statement("""
    WITH added AS (
        INSERT INTO reservation (project_id, company_id, site_id, area_id, state, created_by)
        SELECT project.id, project.company_id, area.site_id, area.id, :state, :person_id
        FROM project, area
        WHERE project.id = :project_id AND area.id = :area_id
        RETURNING id, site_id, area_id
    ), stays AS (
        INSERT INTO stay (reservation_id, period, state)
        SELECT added.id, period, :stay_state FROM added, unnest(CAST(:periods AS tstzrange[])) AS period
        RETURNING id, reservation_id, period
    ), volumes AS (
        INSERT INTO volume (reservation_id, stay_id, stay_state, site_id, area_id, footprint, altitude, period)
        SELECT added.id, stays.id, :stay_state, added.site_id, area.id, area.geometry, area.altitude, stays.period
        FROM added JOIN area ON area.id = added.area_id JOIN stays ON stays.reservation_id = added.id
    ), claims AS (
        INSERT INTO claim (site_id, source_kind, source_id, footprint, altitude, period)
        SELECT added.site_id, :claim_kind, added.id, area.geometry, area.altitude, period
        FROM added JOIN area ON area.id = added.area_id, unnest(CAST(:periods AS tstzrange[])) AS period
        WHERE :claims
    ), event AS (
        INSERT INTO event (subject, subject_id, actor_role, action, to_state)
        SELECT 'reservation', id, 'portal', 'confirm', :state FROM added
    )
    SELECT id FROM added
""")


# What has become of the stays of an application in such a state.
STAY_OF = {
    State.ACTIVE: StayState.ACTIVE,
    State.COMPLETED: StayState.COMPLETED,
    State.REPORTED: StayState.COMPLETED,
    State.NO_SHOW: StayState.MISSED,
    State.CANCELLED: StayState.GIVEN_BACK,
    State.REVOKED: StayState.DISPLACED,
}


async def trial(actor: Actor, project_id: int, area_id: int, *periods: Period, state: State = State.CONFIRMED) -> int:
    """A reservation's id, of a whole area, with the claims that its state has."""
    reservation_id: int = await ADD.value(
        person_id=actor.person_id,
        project_id=project_id,
        area_id=area_id,
        periods=[period_range(one) for one in periods],
        stay_state=STAY_OF.get(state, StayState.PLANNED),
        state=state.value,
        claims=state in CLAIMING,
        claim_kind=STATES[state].claims,
    )
    return reservation_id
