"""The bytes of an e-mail: what was put in comes out, and nothing else gets in."""

import email
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.compose.message import AttachedFile, UnsafeHeader, headers_of, message_id, to_bytes

EMAIL = UUID("01890000-0000-7000-8000-000000000001")
GOOD: dict[str, Any] = {
    "sender": "help@example.com",
    "recipient": "requester@example.com",
    "subject": "Ditt meddelande – åäö",
    "lang": "sv",
    "identity": message_id(EMAIL, "mail.example.com"),
    "made_at": datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
    "reply_to": "reply+t-7k3m-9qxa.abc@mail.example.com",
    "answers": message_id(EMAIL, "mail.example.com"),
}


def parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=default)


def test_headers_arrive_as_they_were_meant() -> None:
    message = parsed(to_bytes(headers_of(**GOOD), "text\n", "<p>html</p>", "=_b"))
    assert message["Subject"] == "Ditt meddelande – åäö"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["References"] == message["In-Reply-To"] == GOOD["answers"]
    assert message["To"] == "requester@example.com"
    assert not message.defects


def test_what_a_person_wrote_says_nothing_of_a_program() -> None:
    message = parsed(to_bytes(headers_of(**GOOD, submitted=None), "", "", "=_b"))
    assert "Auto-Submitted" not in message
    assert "X-Auto-Response-Suppress" not in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recipient", "a@b.se\r\nBcc: c@d.se"), ("recipient", "A B <a@b.se>"), ("sender", "a@b.se, c@d.se"), ("reply_to", "x"),
        ("subject", "one\r\nBcc: c@d.se"), ("subject", "one\ntwo"), ("subject", "\x00"), ("subject", "a\u2028b"), ("subject", "x" * 901),
        ("identity", "<a@b>\r\nX: y"), ("answers", "no id"),
        ("copies", ["a@b.se\r\nBcc: c@d.se"]), ("copies", ["a@b.se", "A <c@d.se>"]), ("copies", ["åsa@example.org"]),
    ],
)  # fmt: skip
def test_no_header_takes_an_unchecked_value(name: str, value: str) -> None:
    with pytest.raises(UnsafeHeader):
        headers_of(**{**GOOD, name: value})


def test_a_recipient_beyond_ascii_is_written_as_it_is_where_it_may_be() -> None:
    with pytest.raises(UnsafeHeader):
        headers_of(**{**GOOD, "recipient": "åsa@example.org"})
    content = to_bytes(headers_of(**{**GOOD, "recipient": "åsa@example.org"}, smtputf8=True), "", "", "=_b")
    assert "To: åsa@example.org\r\n".encode() in content
    assert b"Subject: =?utf-8?" in content


@pytest.mark.parametrize(
    "value", ["åsa@example.org\r\nBcc: b@example.org", "åsa@example.org, b@example.org", "å <b@example.org>"]
)
def test_nothing_but_one_address_is_written_as_it_is(value: str) -> None:
    with pytest.raises(UnsafeHeader):
        headers_of(**{**GOOD, "recipient": value}, smtputf8=True)


def test_copies_are_written_one_a_line() -> None:
    many = [f"{'x' * 60}.{number}@{'d' * 60}.example.org" for number in range(10)]
    content = to_bytes(headers_of(**GOOD, copies=many), "", "", "=_b")
    assert max(len(line) for line in content.split(b"\r\n")) < 200
    assert [str(one.addr_spec) for one in parsed(content)["Cc"].addresses] == many
    wide = to_bytes(
        headers_of(**{**GOOD, "copies": ["åsa@example.org", "b@example.org"]}, smtputf8=True), "", "", "=_b"
    )
    assert "Cc: åsa@example.org,\r\n b@example.org\r\n".encode() in wide


def test_a_subject_that_looks_encoded_arrives_as_it_was_written() -> None:
    written = "=?utf-8?q?=0D=0ABcc:_a@b.se?= [T-7K3M-9QXA]"
    content = to_bytes(headers_of(**{**GOOD, "subject": written}), "", "", "=_b")
    assert b"=0D=0ABcc" not in content
    assert parsed(content)["Subject"] == written


def test_a_stored_header_is_checked_once_more_when_it_is_sent() -> None:
    with pytest.raises(UnsafeHeader):
        to_bytes({"Subject": "a\r\nBcc: c@d.se"}, "", "", "=_b")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_any_body_comes_out_as_it_went_in(body: str) -> None:
    content = to_bytes({"Subject": "x"}, body, body, "=_b")
    assert content.isascii()
    assert content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert all(not line.startswith(b"--=_b") for line in content.split(b"\r\n")[5:-2] if line not in (b"--=_b",))
    text, html = list(parsed(content).iter_parts())
    for part in (text, html):
        got = cast(bytes, part.get_payload(decode=True)).decode().replace("\r\n", "\n").rstrip("\n")
        assert got == body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def test_the_same_row_makes_the_same_bytes() -> None:
    assert to_bytes(headers_of(**GOOD), "a", "b", "=_b") == to_bytes(headers_of(**GOOD), "a", "b", "=_b")


NAMES = [
    "plan.pdf",
    "Årsöversikt för Ö.pdf",
    'a "quoted"; name=x\\y.pdf',
    "写真 😀.png",
    "x" * 251 + ".pdf",
    "å" * 125 + ".pdf",
    "it's 100%41.pdf",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_arrives_as_it_was_under_its_name(name: str) -> None:
    body = bytes(range(256)) * 40
    files = [AttachedFile(name, "application/pdf", body), AttachedFile("b.png", "image/png", b"")]
    content = to_bytes(headers_of(**GOOD), "text å\n", "<p>html</p>", "=_b", files)
    assert content.isascii()
    assert content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    message = parsed(content)
    assert message.get_content_type() == "multipart/mixed"
    first, second = message.iter_attachments()
    assert (first.get_filename(), first.get_content_disposition()) == (name, "attachment")
    assert (first.get_content_type(), first.get_content()) == ("application/pdf", body)
    assert (second.get_filename(), second.get_content()) == ("b.png", b"")
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert (text.get_content(), html.get_content()) == ("text å", "<p>html</p>")
    assert [part.defects for part in message.walk()] == [[]] * 6


def test_without_files_a_message_is_alternative() -> None:
    assert (
        parsed(to_bytes(headers_of(**GOOD), "text\n", "<p>html</p>", "=_b")).get_content_type()
        == "multipart/alternative"
    )
