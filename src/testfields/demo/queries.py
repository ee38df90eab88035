"""What the demo looks up for itself."""

from testfields.db.statements import Statement

SEEDED = Statement("SELECT EXISTS (SELECT FROM reservation)")

PLACES = Statement("""
    SELECT area.id, area.slug, site.slug AS site, area.uses, site.uses AS site_uses, site.notice_minutes,
           site.hold_minutes
    FROM area JOIN site ON site.id = area.site_id
    WHERE site.published
    ORDER BY site.slug, area.position
""")
