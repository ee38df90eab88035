-- The story of applications, as their room and those above read it.
DROP VIEW IF EXISTS reservation_event;
CREATE VIEW reservation_event AS
    SELECT id, subject_id AS reservation_id, sequence, at, actor_id, actor_role, action, from_state, to_state, reason,
           details, hash
    FROM event WHERE subject = 'reservation';
