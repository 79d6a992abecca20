"""One parser for JSON, a form of any site, and our own form."""

import json
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from services.intake.submissions.posted import read_form, read_json_body, read_own_form
from shared.attachments.check import LIMIT
from shared.errors import Unprocessable, Unreadable

NO_FILES: MultiDict[str, FileStorage] = MultiDict()
FIELDS = {"email": "a@example.com", "message": "m", "details": {"login_method": "google", "cannot_provide": ["a", "b"]}}


def form(*fields: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict(fields)


@pytest.mark.parametrize(
    "details",
    [
        [("details", '{"login_method": "google", "cannot_provide": ["a", "b"]}')],
        [("details.login_method", "google"), ("details.cannot_provide", "a, b")],
        [("details.login_method", "google"), ("details.cannot_provide", "a"), ("details.cannot_provide", "b")],
        [("details", '{"login_method": "google"}'), ("details.cannot_provide", "a b")],
    ],
)
def test_every_way_gives_the_same_fields(details: list[tuple[str, str]]) -> None:
    sent = form(("email", "a@example.com"), ("message", "m"), *details)
    assert read_json_body(json.dumps(FIELDS).encode()).fields == read_form(sent, NO_FILES).fields == FIELDS


def test_our_own_form_leaves_out_what_is_empty_or_not_asked() -> None:
    sent = form(("email", "a@example.com"), ("name", " "), ("form_token", "t"), ("details.old", "x"), ("message", "m"))
    assert read_own_form(sent, ["email", "name", "message"]) == {"email": "a@example.com", "message": "m"}


def test_every_wrong_field_of_a_form_is_named() -> None:
    files = MultiDict([("photo", FileStorage(BytesIO(b"x"), "a.png"))])
    sent = form(("email", "a"), ("email", "b"), ("details", "{"), ("attachment", "no file"))
    with pytest.raises(Unprocessable) as error:
        read_form(sent, files)
    assert set(error.value.errors) == {"email", "details", "attachment", "photo"}


def test_json_that_is_no_object_is_an_error() -> None:
    with pytest.raises(Unprocessable):
        read_json_body(b"[]")
    with pytest.raises(Unreadable):
        read_json_body(b"{")


def test_a_part_without_a_name_cannot_be_read() -> None:
    with pytest.raises(Unreadable):
        read_form(MultiDict([(None, "x")]), NO_FILES)  # type: ignore[list-item]


def test_of_a_large_file_no_more_is_read_than_shows_its_size() -> None:
    files = MultiDict([("attachment", FileStorage(BytesIO(b"x" * (LIMIT + 9)), "a.png"))])
    [upload] = read_form(form(), files).uploads
    assert len(upload.body) == LIMIT
