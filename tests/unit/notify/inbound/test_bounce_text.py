"""Only what a server wrote itself is read, and of its first recipient."""

from email import message_from_bytes
from email.message import Message

import pytest

from services.notify.inbound.bounce_text import LONGEST_REPORT, field_text, own_text, text_of_first_recipient

RETURNED = "Received: from a.example.org\nSubject: user unknown\n\nmailbox is full\n"


def mail(text: str, content_type: str = "text/plain; charset=utf-8") -> Message:
    return message_from_bytes(f"From: mailer-daemon@mx.example.org\nContent-Type: {content_type}\n\n{text}".encode())


@pytest.mark.parametrize(
    "text",
    [
        f"Rejected.\n--- Below this line is a copy of the message.\n{RETURNED}",
        f"Rejected.\n   ----- Unsent message follows -----\nSubject: x\n{RETURNED}",
        f"Rejected.\n|--------- Message text follows: ---------|\n{RETURNED}",
        f"Rejected.\nYour original mail as follows:\n{RETURNED}",
        f"Rejected.\n\n{RETURNED}",
        f"Rejected.\n\nSubject: user\n unknown\nTo: bo@example.org\nX-A: mailbox full\n{RETURNED}",
        "Rejected.\nDate: today\nMessage-ID: <1@example.org>\n",
        "  Subject: user unknown\nRejected.\n  Betreff: user unknown\n",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_is_returned_is_left_out(text: str, end: str) -> None:
    assert own_text(mail(text.replace("\n", end))) == "Rejected."


@pytest.mark.parametrize(
    "text",
    [
        "Details follow:\nDate: today\n1 error: 550 5.1.1 User unknown",
        "   550 5.1.1 User unknown\n",
        "--- Failure reasons ---\nUser unknown",
        "The original message was received at noon.\nUser unknown",
    ],
)
def test_what_looks_like_a_header_among_the_servers_words_is_kept(text: str) -> None:
    assert own_text(mail(text)) == " ".join(text.split())


@pytest.mark.parametrize("words", ["Failed:\n   550 User unknown", "Date: today\n550 User unknown"])
def test_words_just_above_a_returned_header_are_kept(words: str) -> None:
    assert own_text(mail(f"{words}\n{RETURNED}")) == " ".join(words.split())


def test_tags_of_html_are_no_words_and_an_address_is() -> None:
    assert own_text(mail("<p>To <bo@example.org><br/>failed</p>", "text/html")) == "To <bo@example.org> failed"


@pytest.mark.parametrize("returned_type", ["message/rfc822", "text/rfc822-headers", "message/delivery-status"])
def test_a_report_without_text_has_none_of_the_returned_mail(returned_type: str) -> None:
    parts = f"--b\nContent-Type: {returned_type}\n\nSubject: x\n\nuser unknown\n\n--b--\n"
    assert own_text(mail(parts, "multipart/report; boundary=b")) == ""


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (["Failed:", "<bo@example.org>:", "User unknown", "<al@example.org>:", "Mailbox is full"], 3),
        (["bo@example.org: 550 5.1.1 no", "al@example.org: 550 5.2.2 no"], 1),
        (['"bo@example.org":', "5.1.1 no", '"al@example.org":', "5.2.2 no"], 2),
        (["bo@example.org", "5.1.1 no", "al@example.org", "5.2.2 no"], 2),
        (["<help@example.org>", "Ask them.", "<bo@example.org>:", "User unknown"], 4),
        (["<bo@example.org>:", "said: 550", "<bo@example.org>: User unknown", "5.1.1"], 4),
        (["bo@example.org: 5.1.1", "bo@example.org: 5.2.2", "al@example.org: 5.2.2"], 2),
        (["bo@example.org", "al@example.org", "User unknown"], 3),
        (["nobody is named", "User unknown"], 2),
    ],
)
def test_the_text_ends_where_a_second_recipient_failed(lines: list[str], count: int) -> None:
    assert text_of_first_recipient(mail("\n".join(lines))) == " ".join(lines[:count])


def test_a_field_is_read_in_any_character_set_and_only_so_far() -> None:
    part = message_from_bytes("A: caf\u00e9\n  x\nB: ".encode() + b"y" * 2 * LONGEST_REPORT + b"\n\n")
    assert (field_text(part, "a"), len(field_text(part, "B")), field_text(part, "C")) == (
        "caf\u00e9 x",
        LONGEST_REPORT,
        "",
    )
