"""Every statement about projects."""

from testfields.db.statements import Statement
from testfields.projects.fields import PLAN

_PLAN = ", ".join(PLAN)
_TOLD = ", ".join(f":{name}" for name in PLAN)

_VIEW = f"""
    SELECT project.id, project.company_id, company.name_ja AS company_name_ja, company.name_en AS company_name_en,
           {", ".join(f"project.{name}" for name in PLAN)}, project.created_at, project.version
    FROM project JOIN organisation company ON company.id = project.company_id
"""

# A company sees its own; staff see those under which something has been filed on their land, drafts excepted.
_VISIBLE = """
    (project.company_id = ANY(CAST(:companies AS bigint[]))
     OR EXISTS (
         SELECT FROM reservation JOIN site ON site.id = reservation.site_id
         WHERE reservation.project_id = project.id AND seen_by_staff(reservation)
           AND site.owner_id = ANY(CAST(:owners AS bigint[]))
     ))
"""

# Served by the primary key and by reservation_project_id.
FIND = Statement(f"{_VIEW} WHERE project.id = :id AND {_VISIBLE}")

# What `_VISIBLE` says, each half by its own index: project_company_id; site_owner_id and reservation_by_site. Keyset
# paging, newest first.
LIST = Statement(f"""
    {_VIEW}
    WHERE project.id IN (
        SELECT id FROM project WHERE company_id = ANY(CAST(:companies AS bigint[])) AND id < :before
        UNION
        SELECT filed.project_id FROM site CROSS JOIN LATERAL (
            SELECT DISTINCT reservation.project_id FROM reservation
            WHERE reservation.site_id = site.id AND seen_by_staff(reservation) AND reservation.project_id < :before
        ) filed
        WHERE site.owner_id = ANY(CAST(:owners AS bigint[]))
        ORDER BY id DESC LIMIT :limit
    )
    ORDER BY project.id DESC
""")

# A company's, those that staff see; served by project_company_id and reservation_project_id.
SEEN_OF = Statement(f"""
    SELECT project.id, project.title_ja, project.title_en, project.use FROM project
    WHERE project.company_id = :company_id AND {_VISIBLE}
    ORDER BY project.id DESC
    LIMIT :limit
""")

# A company's own, with what has become of them; served by project_company_id and reservation_project_id.
OWN = Statement("""
    SELECT project.id, project.title_ja, project.title_en, project.theme, project.use, project.company_id,
           project.created_at, count(reservation.id) AS applications
    FROM project
    LEFT JOIN reservation ON reservation.project_id = project.id AND reservation.state <> ALL(private_states())
    WHERE project.company_id = ANY(CAST(:companies AS bigint[]))
    GROUP BY project.id
    ORDER BY project.id DESC
""")

ADD = Statement(f"""
    INSERT INTO project (company_id, {_PLAN}, created_by, created_at)
    VALUES (:company_id, {_TOLD}, :person_id, :now)
    RETURNING id
""")

LOCK = Statement(f"""
    SELECT version, {_PLAN} FROM project
    WHERE id = :id AND company_id = ANY(CAST(:companies AS bigint[]))
    FOR UPDATE
""")

# How far anything filed under it has come: still to be decided or to take place, or before staff or permitted by them.
# Served by reservation_project_id.
FILED = Statement("""
    SELECT coalesce(bool_or(state = ANY(under_way_states())),
                    false) AS under_way,
           coalesce(bool_or(state = ANY(judged_states())), false)
               AS judged
    FROM reservation
    WHERE project_id = :id
""")

CHANGE = Statement(f"""
    UPDATE project
    SET ({_PLAN}) = ({_TOLD}), version = version + 1
    WHERE id = :id
    RETURNING version
""")
