"""The tables of fields say what they say in both languages, and of columns that are there."""

import pytest

from testfields.sites.drafts import AREA, SITE
from testfields.sites.fields import POLICY, SITE_FACTS
from testfields.sites.tables import Area, Site

SAYING = {name: row.field.says for name, row in SITE.items() if row.field.says}


@pytest.mark.parametrize("name", SAYING)
def test_a_sentence_tells_the_number_in_both_languages(name: str) -> None:
    table = POLICY if name in POLICY else SITE_FACTS
    numbers = {other: f"<{other}>" for other in table}
    says = SAYING[name]
    assert says is not None
    for sentence in (says.ja, says.en):
        assert f"<{name}>" in sentence % numbers


def test_every_field_has_its_column() -> None:
    assert {*SITE} - {"owner", "hours", "exceptions"} <= {column._meta.name for column in Site._meta.columns}
    assert {*AREA} <= {column._meta.name for column in Area._meta.columns}
