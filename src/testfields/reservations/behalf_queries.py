"""The statements of filing for a company: which companies there are to file for."""

from testfields.db.statements import Statement

_COMPANY = """
    SELECT id, name_ja, name_en, corporate_number, unverified_since IS NULL AS verified
    FROM organisation WHERE kind = 'company' AND active
"""

# By all of the words, or by the number. There are some thousands at most, so all of them are looked through.
COMPANIES = Statement(f"""
    {_COMPANY}
      AND NOT EXISTS (
          SELECT FROM sought(CAST(:words AS text)) word
          WHERE NOT (found_by LIKE word.pattern OR coalesce(corporate_number, '') LIKE word.pattern))
    ORDER BY name_ja, id
    LIMIT :limit
""")

# Served by the primary key; held, so that it is there and at work for as long as something is filed for it.
COMPANY = Statement(f"{_COMPANY} AND id = :id")
HOLD_COMPANY = Statement(f"{_COMPANY} AND id = :id FOR SHARE")
