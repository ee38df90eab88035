"""What was posted, and faults where a form shows them."""

from testfields.core.errors import fault
from testfields.web import locale
from testfields.web.forms import FieldError, Posted, by_field, field_errors

FAULTS = [
    fault("volumes[0].period.end", "Please enter a date and a time."),
    fault("name", "This field is required."),
    fault("name", "A whole number is expected here."),
]


def test_a_form_tells_what_was_sent_and_nothing_else() -> None:
    form = Posted({"name": ["a", "b"], "agreed": ["true"], "id": ["７"], "count": ["12"]})
    assert (form.text("name"), form.chosen("name"), form.text("other")) == ("a", ["a", "b"], "")
    assert (form.ticked("agreed"), form.ticked("name")) == (True, False)
    assert (form.whole("count"), form.whole("id"), form.whole("other")) == (12, None, None)
    assert "name" in form
    assert "other" not in form


def test_every_fault_stands_at_the_field_that_asks_for_it() -> None:
    locale.use("en")
    errors = field_errors(FAULTS, labels={"name": "Name"}, fields={"end": "until"})
    assert errors == [
        FieldError("until", "Please enter a date and a time."),
        FieldError("name", "Name – This field is required."),
        FieldError("name", "Name – A whole number is expected here."),
    ]
    assert by_field(errors)["name"] == "Name – This field is required. Name – A whole number is expected here."


def test_a_path_may_be_renamed_as_a_whole() -> None:
    assert [one.field for one in field_errors(FAULTS[:1], fields={"volumes[0].period.end": "first"})] == ["first"]
