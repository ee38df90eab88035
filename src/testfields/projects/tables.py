"""The trial's plan, under which reservations are made."""

from piccolo.columns import BigInt, BigSerial, Boolean, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Check
from piccolo.table import Table

from testfields.accounts.tables import Organisation, Person
from testfields.db.sets import one_of
from testfields.projects.fields import ANSWERED
from testfields.projects.vocabulary import Answer, Theme
from testfields.sites.vocabulary import Use


class Project(Table, tablename="project"):
    """Who tries what, why, with what equipment, and how safely."""

    id = BigSerial(primary_key=True)
    company_id = ForeignKey(Organisation, on_delete=OnDelete.restrict, null=False, index=True)
    title_ja = Text()
    title_en = Text()
    purpose = Text()
    theme = Text()
    use = Text()
    equipment = Text()
    safety_plan = Text()
    # How a drone is flown, as far as it has been said: grams and metres, and answers to whether it is so.
    mass_g = Integer(null=True, default=None)
    registration = Text()
    remote_id = Text(null=True, default=None)
    tether_m = Integer(null=True, default=None)
    beyond_sight = Text(null=True, default=None)
    near_people = Text(null=True, default=None)
    over_event = Text(null=True, default=None)
    dangerous_goods = Text(null=True, default=None)
    drops = Text(null=True, default=None)
    # Whether the public map may name the company.
    name_public = Boolean(default=False)
    # Whether the trial's public page may tell its purpose and its safety plan.
    plan_public = Boolean(default=False)
    created_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    created_at = Timestamptz(default=TimestamptzNow())
    version = BigInt(default=1)
    # What a search looks through, folded; the room's searching.sql keeps it.
    found_by = Text(default="")

    project_use_1 = Check(one_of("use", Use))
    project_theme_1 = Check(one_of("theme", Theme))
    project_answers_1 = Check(" AND ".join(f"({one_of(name, Answer)})" for name in ANSWERED))
