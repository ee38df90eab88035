"""Words of the portal are told in the reader's language; what people typed is told as they typed it."""

import pytest

from testfields.accounts.rules import SCOPE_WORDS, Scope
from testfields.core.errors import Message
from testfields.sites.vocabulary import USES, Use
from testfields.web import locale


@pytest.mark.parametrize("typed", ["Name", "Approver", "Member", "Company", "Apply"])
def test_what_people_typed_is_never_translated(typed: str) -> None:
    # The control: as a word of the portal it is.
    assert locale.said(Message(typed), "ja") != typed
    assert f"“{typed}”" in locale.said(Message("“%(slug)s”", {"slug": typed}), "ja")


def test_words_of_the_portal_are() -> None:
    scope = Message(SCOPE_WORDS[Scope.BOOK])
    assert locale.said(scope, "ja") != scope.id
    assert locale.said(Message("%(scope)s", {"scope": scope}), "ja") == locale.said(scope, "ja")
    assert locale.said(Message("%(use)s", {"use": USES[Use.DRONE]}), "ja") == USES[Use.DRONE].ja


def test_numbers_and_nothing_stay_as_they_are() -> None:
    assert locale.said(Message("%(count)s, %(none)s", {"count": 3, "none": ""}), "ja") == "3, "
