"""The catalogue: sites, their bookable areas and the hours they are open."""

from decimal import Decimal

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    Numeric,
    OnDelete,
    Text,
    Timestamptz,
)
from piccolo.columns.defaults import TimestamptzNow
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from testfields.accounts.tables import Organisation
from testfields.core.local_time import JAPANS_ZONE
from testfields.db.columns import Geometry, NumRange
from testfields.db.sets import one_of, some_of
from testfields.documents.tables import Document
from testfields.sites.fields import POLICY, within_limits
from testfields.sites.vocabulary import DaysOff, Mode, PlanKind, PropertyClass, RoadAnswer, Use


class Site(Table, tablename="site"):
    """A piece of public land, its policy for booking, and what is known of it."""

    id = BigSerial(primary_key=True)
    slug = Text(unique=True)
    owner_id = ForeignKey(Organisation, on_delete=OnDelete.restrict, null=False, index=True)
    published = Boolean(default=False)
    sample = Boolean(default=False)
    name_ja = Text()
    name_en = Text()
    description_ja = Text()
    description_en = Text()
    address_ja = Text()
    address_en = Text()
    contact = Text()
    geometry = Geometry(index=True, index_method=IndexMethod.gist)
    # What counts of it (sites/ground.sql).
    ground = Geometry(null=True)
    timezone = Text(default=JAPANS_ZONE)
    property_class = Text()
    # The prefectural police's answer to "is this place a road?" (道路交通法 2条1項1号), with its date.
    road_answer = Text(default="not_asked")
    road_answered_on = Date(null=True, default=None)
    # Metres above Tokyo Peil.
    ground_elevation = Numeric(null=True, default=None)
    # facility key → true, or a number in the unit that sites.rules gives it
    facilities = JSONB(default="{}")
    # Whether it is open on public holidays, and from 29 December to 3 January.
    public_holidays = Text(default="open")
    year_end = Text(default="open")
    uses = Array(base_column=Text())
    slot_minutes = Integer(default=30)
    minimum_minutes = Integer(default=30)
    maximum_minutes = Integer(default=1440)
    notice_minutes = Integer(default=0)
    horizon_days = Integer(default=180)
    turnaround_minutes = Integer(default=0)
    lateral_separation_m = Numeric(default=Decimal(0))
    vertical_separation_m = Numeric(default=Decimal(0))
    no_show_minutes = Integer(default=0)
    hold_minutes = Integer(default=60)
    processing_days = Integer(default=14)
    version = BigInt(default=1)
    # Of its photos as a whole. Nothing that is booked hangs on them, so they leave the site's own version as it is.
    photos_version = BigInt(default=1)
    updated_at = Timestamptz(default=TimestamptzNow())
    # What a search looks through, folded; the room's searching.sql keeps it.
    found_by = Text(default="")

    site_ground_1 = Check("ground IS NOT NULL")
    site_slug_1 = Check("slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'")
    site_property_class_1 = Check(one_of("property_class", PropertyClass))
    site_road_answer_1 = Check(one_of("road_answer", RoadAnswer))
    site_days_off_1 = Check(f"{one_of('public_holidays', DaysOff)} AND {one_of('year_end', DaysOff)}")
    site_uses_1 = Check(some_of("uses", Use))
    site_policy_1 = Check(" AND ".join([*within_limits(POLICY), "maximum_minutes >= minimum_minutes"]))


class Area(Table, tablename="area"):
    """A bookable part of a site; areas may nest."""

    id = BigSerial(primary_key=True)
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    slug = Text()
    parent_slug = Text(null=True, default=None)
    position = Integer(default=0)
    name_ja = Text()
    name_en = Text()
    geometry = Geometry()
    # What counts of it, within its site (sites/ground.sql).
    ground = Geometry(null=True)
    # Metres above ground; what may be asked for here.
    altitude = NumRange()
    mode = Text()
    uses = Array(base_column=Text())
    surface = Text(null=True, default=None)
    width_m = Numeric(null=True, default=None)
    # Since when nothing new can be booked here; what was, and what is under way, keeps its place.
    retired_at = Timestamptz(null=True, default=None)

    area_ground_1 = Check("ground IS NOT NULL")
    area_once = Unique([site_id, slug])
    area_mode_1 = Check(one_of("mode", Mode))
    area_uses_1 = Check(some_of("uses", Use))
    area_altitude_1 = Check("lower(altitude) >= 0 AND NOT upper_inf(altitude) AND NOT isempty(altitude)")


class PlanPiece(Table, tablename="plan_piece"):
    """One thing on a site's ground: a point, a line or a polygon of its plan."""

    id = BigSerial(primary_key=True)
    site_id = ForeignKey(Site, on_delete=OnDelete.cascade, null=False, index=True)
    position = Integer(default=0)
    kind = Text()
    name_ja = Text()
    name_en = Text()
    geometry = Geometry("Geometry", index=True, index_method=IndexMethod.gist)

    plan_piece_kind_1 = Check(one_of("kind", PlanKind))


class SitePhoto(Table, tablename="site_photo"):
    """A photo of a site, and what it shows, for those who do not see it."""

    id = BigSerial(primary_key=True)
    site_id = ForeignKey(Site, on_delete=OnDelete.cascade, null=False)
    position = Integer(default=0)
    # SHA-256 of the file as it came: none is taken twice.
    original = Text()
    description_ja = Text()
    description_en = Text()

    site_photo_once = Unique([site_id, original])


class SitePhotoSize(Table, tablename="site_photo_size"):
    """A photo at one width, in pixels."""

    id = BigSerial(primary_key=True)
    photo_id = ForeignKey(SitePhoto, on_delete=OnDelete.cascade, null=False, index=True)
    document_id = ForeignKey(Document, on_delete=OnDelete.restrict, null=False, index=True)
    width = Integer()
    height = Integer()


class OpeningHours(Table, tablename="opening_hours"):
    """One weekly opening of a site, in minutes after local midnight; past 1440 is the next day."""

    id = BigSerial(primary_key=True)
    site_id = ForeignKey(Site, on_delete=OnDelete.cascade, null=False, index=True)
    # 1 is Monday, 7 is Sunday (ISO 8601).
    weekday = Integer()
    opens_minute = Integer()
    closes_minute = Integer()

    opening_hours_sense_1 = Check(
        "weekday BETWEEN 1 AND 7 AND opens_minute BETWEEN 0 AND 1439"
        " AND closes_minute > opens_minute AND closes_minute <= opens_minute + 1440"
    )


class ExceptionDay(Table, tablename="exception_day"):
    """A span of a date on which a site keeps no weekly hours, in minutes as those; without minutes it is closed."""

    id = BigSerial(primary_key=True)
    site_id = ForeignKey(Site, on_delete=OnDelete.cascade, null=False, index=True)
    day = Date(null=False, default=None)
    opens_minute = Integer(null=True, default=None)
    closes_minute = Integer(null=True, default=None)

    exception_day_sense_1 = Check(
        "opens_minute IS NULL AND closes_minute IS NULL OR opens_minute BETWEEN 0 AND 1439"
        " AND closes_minute > opens_minute AND closes_minute <= opens_minute + 1440"
    )


class PublicHoliday(Table, tablename="public_holiday"):
    """A public holiday of Japan, as `sites.holidays` knows it; each upgrade writes them anew."""

    day = Date(primary_key=True, null=False, default=None)
