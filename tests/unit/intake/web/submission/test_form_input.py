from werkzeug.datastructures import MultiDict

from services.intake.web.submission.form_input import in_form_order, read_form_input
from shared.catalog.loader import load

CATEGORY = load().categories["account/content-removed"]


def form(*fields: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict(fields)


def submission(*fields: tuple[str, str], locale: str = "en") -> dict[str, object]:
    return read_form_input(form(*fields), CATEGORY).submission(CATEGORY, locale)


def test_empty_fields_are_left_out() -> None:
    assert submission(("email", "a@b.example"), ("name", "  "), ("message", "hej"), locale="sv") == {
        "category": "account/content-removed",
        "locale": "sv",
        "email": "a@b.example",
        "message": "hej",
    }


def test_the_paths_own_fields_are_details() -> None:
    fields = ("details.removed_link", "https://a.example"), ("details.removed_kind", "pin"), ("details.unknown", "x")
    assert submission(*fields)["details"] == {"removed_link": "https://a.example", "removed_kind": "pin"}


def test_line_ends_are_plain_ones() -> None:
    entered = read_form_input(form(("message", "one\r\ntwo"), ("details.removed_link", "a\r\nb")), CATEGORY)
    assert entered.shown["message"] == "one\ntwo"
    assert entered.details == {"removed_link": "a\nb"}


def test_one_box_may_stand_for_several_slots() -> None:
    fields = form(("details.cannot_provide", "removed_link screenshot"))
    entered = read_form_input(fields, CATEGORY)
    assert entered.details == {"cannot_provide": ["removed_link", "screenshot"]}
    assert entered.cannot_provide == {"removed_link", "screenshot"}


def test_what_was_entered_is_shown_again_exactly() -> None:
    assert read_form_input(form(("name", " <b> "), ("email", "nix ")), CATEGORY).shown == {
        "email": "nix ",
        "name": " <b> ",
    }


def test_an_addition_is_a_message_and_details() -> None:
    assert read_form_input(form(("message", "m"), ("email", "x")), CATEGORY).addition() == {"message": "m"}


def test_errors_are_in_the_order_of_the_form_after_those_of_no_question() -> None:
    errors = {"attachment": ["a"], "details.removed_link": ["b"], "": ["c"], "email": ["d"]}
    assert list(in_form_order(errors, CATEGORY)) == ["", "email", "details.removed_link", "attachment"]
