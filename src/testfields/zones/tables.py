"""Layers of zones as they were published, one version after another, and the parts by which they are asked."""

from piccolo.columns import JSONB, BigSerial, Date, ForeignKey, Integer, Numeric, OnDelete, Text, Timestamptz
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check
from piccolo.table import Table

from testfields.db.columns import Geometry
from testfields.db.sets import one_of
from testfields.zones.vocabulary import Confidence, LayerKind


class ZoneLayer(Table, tablename="zone_layer"):
    """One publication of a layer: it holds until the next of the same slug replaces it, and is never changed."""

    id = BigSerial(primary_key=True)
    slug = Text(index=True)
    kind = Text()
    name_ja = Text()
    name_en = Text()
    source = Text()
    licence = Text()
    as_of = Date()
    confidence = Text()
    # Where it tells all there is of its kind; elsewhere nothing is known.
    coverage = Geometry(index=True, index_method=IndexMethod.gist)
    published_at = Timestamptz()
    replaced_at = Timestamptz(null=True, default=None)

    zone_layer_kind_1 = Check(one_of("kind", LayerKind))
    zone_layer_confidence_1 = Check(one_of("confidence", Confidence))
    zone_layer_times_1 = Check("replaced_at > published_at")


class Zone(Table, tablename="zone"):
    """A restriction: ground, heights, days and hours; of an airport also its surfaces."""

    id = BigSerial(primary_key=True)
    layer_id = ForeignKey(ZoneLayer, on_delete=OnDelete.cascade, null=False, index=True)
    position = Integer(default=0)
    identifier = Text()
    name_ja = Text()
    name_en = Text()
    geometry = Geometry()
    # Metres by `reference`; null is unbounded.
    lower = Numeric(null=True, default=None)
    upper = Numeric(null=True, default=None)
    reference = Text()
    # Both included; null is without a beginning or an end.
    first_day = Date(null=True, default=None)
    last_day = Date(null=True, default=None)
    # As files write it (zones/seasons.py); empty is always.
    hours = Text()
    # Of an airport, as zones.surfaces.Surfaces has them.
    surfaces = JSONB(null=True, default=None)
    says_ja = Text()
    says_en = Text()

    zone_reference_1 = Check("reference IN ('AGL', 'TP', 'W84')")
    zone_heights_1 = Check("lower < upper")
    zone_days_1 = Check("first_day <= last_day")


class ZonePart(Table, tablename="zone_part"):
    """A piece of the ground that a zone concerns, small enough to be looked at quickly (zones/parts.sql)."""

    id = BigSerial(primary_key=True)
    zone_id = ForeignKey(Zone, on_delete=OnDelete.cascade, null=False, index=True)
    geometry = Geometry("Polygon", index=True, index_method=IndexMethod.gist)
