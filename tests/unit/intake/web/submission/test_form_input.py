from werkzeug.datastructures import MultiDict

from services.intake.web.submission.form_input import in_form_order, read_typed
from shared.catalog.loader import load

CATEGORY = load().categories["account/content-removed"]


def typed(*fields: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict(fields)


def test_what_was_left_empty_is_left_out() -> None:
    note = read_typed(typed(("email", "a@b.example"), ("name", "  "), ("message", "hej")), CATEGORY).note(
        CATEGORY, "sv"
    )
    assert note == {"category": "account/content-removed", "locale": "sv", "email": "a@b.example", "message": "hej"}


def test_the_paths_own_fields_are_details() -> None:
    form = typed(
        ("details.removed_link", "https://a.example"), ("details.removed_kind", "pin"), ("details.unheard_of", "x")
    )
    assert read_typed(form, CATEGORY).note(CATEGORY, "en")["details"] == {
        "removed_link": "https://a.example",
        "removed_kind": "pin",
    }


def test_line_ends_are_plain_ones() -> None:
    assert read_typed(typed(("message", "one\r\ntwo")), CATEGORY).note(CATEGORY, "en")["message"] == "one\ntwo"


def test_one_box_may_stand_for_several_slots() -> None:
    form = typed(("details.cannot_provide", "removed_link screenshot"))
    assert read_typed(form, CATEGORY).note(CATEGORY, "en")["details"] == {
        "cannot_provide": ["removed_link", "screenshot"]
    }


def test_what_was_typed_comes_back_exactly() -> None:
    assert read_typed(typed(("name", " <b> "), ("email", "nix ")), CATEGORY).fields == {
        "email": "nix ",
        "name": " <b> ",
    }


def test_an_addition_is_a_message_and_details() -> None:
    assert read_typed(typed(("message", "m"), ("email", "x")), CATEGORY).addition() == {"message": "m"}


def test_faults_stand_in_the_order_of_the_form_and_those_of_no_question_first() -> None:
    faults = {"attachment": ["a"], "details.removed_link": ["b"], "": ["c"], "email": ["d"]}
    assert list(in_form_order(faults, CATEGORY)) == ["", "email", "details.removed_link", "attachment"]
