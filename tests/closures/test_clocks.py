"""Times that the form of closures cannot tell: the clock at the site leaps over them, or shows them twice."""

import pytest
from httpx import AsyncClient

from testfields.closures.tables import Closure
from tests import factories


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("2027-11-07T01:30", "2回あります"),
        ("2027-03-14T02:30", "ありません"),
        ("2027-11-07T00:30", ""),
        # It would be read by the clock of the site all the same.
        ("2027-11-07T00:30+09:00", "日付と時刻"),
    ],
)
async def test_a_closure_begins_at_one_instant(db: None, client: AsyncClient, start: str, said: str) -> None:
    field = await factories.field(timezone="America/New_York", slug="quay")
    form = {
        **await factories.log_in(client, field.site_manager),
        "place": "quay/",
        "kind": "works",
        "reason_ja": "工事のため",
        "reason_en": "Works",
        "period_start": start,
        "period_end": "2027-11-08T12:00",
    }
    answer = await client.post("/desk/closures", data=form)
    assert answer.status_code == (422 if said else 303)
    assert said in answer.text
    assert await Closure.count() == (0 if said else 1)
