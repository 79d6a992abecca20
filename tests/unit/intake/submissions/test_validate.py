"""What was sent is a submission, or every error in it is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.submissions.submission import Submission, Upload
from services.intake.submissions.validate import FIELDS, validate_submission
from shared.attachments.errors import SEVERAL, SeveralFiles, UnsupportedFile
from shared.catalog.loader import load
from shared.errors import Unprocessable
from shared.mail.addresses import folded_address
from tests.samples import files

CATALOG = load()
RIGHT: dict[str, object] = {"category": "account/login", "email": "ann@example.com", "message": "Help."}


def read(**changed: object) -> Submission:
    return validate_submission(CATALOG, {**RIGHT, **changed})


def wrong_fields(**changed: object) -> set[str]:
    with pytest.raises(Unprocessable) as refused:
        read(**changed)
    return set(refused.value.errors)


def test_fields_are_normalised() -> None:
    submission = read(
        email=" ann@example.com ",
        message=" a\r\nb\rc ",
        country="se",
        details={"login_method": "GOOGLE"},
        name=" ",
        locale="sv-SE",
    )
    assert tuple(submission.fields[name] for name in ("email", "message", "country", "name", "locale")) == (
        "ann@example.com",
        "a\nb\nc",
        "SE",
        None,
        "sv-SE",
    )
    assert submission.details == {"login_method": "google"}


def test_null_counts_as_not_given() -> None:
    assert read(**{name: None for name in FIELDS if name not in RIGHT}) == read()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ann@example.com\r\nBcc: victim@example.com"),
        ("subject", "a\nb"),
        ("name", "a\x00b"),
        ("name", "a\u2028b"),
        ("username", "a\x7fb"),
        ("message", "a\x00b"),
        ("message", "x" * 10_001),
        ("message", " \r\n "),
        ("message", "\u200b \u2060\u202e"),
        ("subject", "x" * 201),
        ("locale", "x" * 36),
        ("locale", "en; drop"),
        ("platform", "WEB"),
        ("country", "SWE"),
        ("category", "account"),
        ("category", 7),
        ("details", "text"),
    ],
)
def test_a_wrong_field_is_named_alone(field: str, value: object) -> None:
    assert wrong_fields(**{field: value}) == {field}


def test_an_invisible_subject_is_none() -> None:
    assert read(subject="\u200b\u200d").fields["subject"] is None


def test_joiners_inside_words_are_kept() -> None:
    assert read(subject="می\u200cخواهم").fields["subject"] == "می\u200cخواهم"


def test_a_message_of_exactly_the_limit_is_accepted_however_its_lines_end() -> None:
    assert len(read(message="x\r\n" * 4_999 + "xx").fields["message"] or "") == 10_000


def test_what_nobody_can_see_is_dropped() -> None:
    assert read(message="a\x1bb\x0cc\x85d").fields["message"] == "abcd"
    assert read(email="\u200bann@example.com\ufeff").fields["email"] == "ann@example.com"


@pytest.mark.parametrize(
    "email", ["foo..bar@example.com", "foo.@example.com", "åsa@example.com", "ann@localhost", "ann@exa_mple.com"]
)
def test_an_address_that_could_never_be_mailed_is_refused(email: str) -> None:
    assert wrong_fields(email=email) == {"email"}


def test_two_files_are_refused_and_no_file_is_none() -> None:
    two = [Upload("a.png", files.png()), Upload("b.png", files.png())]
    with pytest.raises(SeveralFiles):
        validate_submission(CATALOG, RIGHT, two)
    with pytest.raises(Unprocessable) as refused:
        validate_submission(CATALOG, {**RIGHT, "email": "x"}, two)
    assert refused.value.errors["attachment"] == [SEVERAL]
    assert validate_submission(CATALOG, RIGHT, [Upload("", b"")]).file is None
    with pytest.raises(UnsupportedFile):
        validate_submission(CATALOG, RIGHT, [Upload("", b"x")])


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "other"]),
        st.one_of(st.none(), st.text(), st.integers(), st.lists(st.text()), st.dictionaries(st.text(), st.text())),
    )
)
def test_any_input_is_a_submission_or_has_named_errors(given_fields: dict[str, object]) -> None:
    try:
        validate_submission(CATALOG, given_fields)
    except Unprocessable as error:
        named = list(error.errors.values())
    else:
        return
    assert named
    assert all(named)


@pytest.mark.parametrize(
    ("email", "folded"),
    [
        ("Ann@Example.com", "ann@example.com"),
        ("ann+tag+x@example.com", "ann@example.com"),
        ("+tag@example.com", "+tag@example.com"),
    ],
)
def test_spellings_of_one_mailbox_are_one_address(email: str, folded: str) -> None:
    assert folded_address(email) == folded


def test_content_differs_in_every_field_and_nothing_else() -> None:
    changes: list[dict[str, object]] = [
        {"category": "account/password"}, {"email": "bob@example.com"}, {"message": "x"}, {"subject": "x"}, {"name": "x"},
        {"username": "x"},
        {"platform": "web"}, {"country": "SE"}, {"locale": "sv"}, {"details": {"account_email": "x@example.com"}},
    ]  # fmt: skip
    contents = {read(**change).content() for change in changes} | {read().content()}
    assert len(contents) == len(changes) + 1
    assert read(subject=None, name="").content() == read().content()
