"""Every bounce that flufl.bounce's authors collected is recognised, and never answered."""

import time
from email import message_from_bytes
from email.utils import parseaddr
from uuid import UUID

import pytest

from services.intake.inbound_mail.mail import Mail
from services.intake.inbound_mail.reading.read_mail import read_mail
from services.notify.emails.addresses import bounce_address
from services.notify.inbound.classify_mail import Arrival, MailKind, classify_mail
from tests.samples.bounces import bounces

SECRET = "a-secret-of-the-tests-alone"
DOMAIN = "mail.localhost.test"
EMAIL = UUID("0193f3b0-0000-7000-8000-000000000001")
ADDRESSES = {"ours alone": bounce_address(SECRET, EMAIL, DOMAIN), "anybody's": "help@localhost.test"}


def kind(content: bytes, to: str, sender: str = "") -> MailKind:
    return classify_mail(Arrival(sender, to, content), SECRET, DOMAIN)


def is_answered(content: bytes, to: str, sender: str = "") -> bool:
    """Whether notify and intake both treat it as a person's: only then it becomes a ticket, or is answered."""
    mail = read_mail(content)
    return kind(content, to, sender).kind in ("unknown", "reply") and isinstance(mail, Mail) and mail.automatic is None


@pytest.mark.parametrize("to", ADDRESSES.values(), ids=ADDRESSES)
def test_nearly_all_are_recognised_or_parked_and_none_is_answered(to: str) -> None:
    samples = bounces()
    assert len(samples) > 100
    known = [name for name, content in samples.items() if kind(content, to).kind in ("bounce", "unreadable")]
    assert len(known) / len(samples) >= 0.95
    assert [name for name, content in samples.items() if is_answered(content, to)] == []


def test_those_at_an_emails_own_address_are_about_that_email() -> None:
    about = {kind(content, ADDRESSES["ours alone"]).email for content in bounces().values()}
    assert about == {EMAIL}


def test_servers_that_bounce_under_a_name_of_their_own_are_not_answered_either() -> None:
    answered = {
        name for name, content in bounces().items() if is_answered(content, ADDRESSES["anybody's"], own_name(content))
    }
    # The first is no bounce but a person's mail; only the subject of the second shows it, and the limits apply.
    assert answered <= {"groupwise_03.txt", "simple_43.txt"}


def own_name(content: bytes) -> str:
    return parseaddr(str(message_from_bytes(content).get("From", "")))[1] or "nobody@example.com"


@pytest.mark.parametrize("sender", ["", "mailer-daemon@example.com"])
def test_a_bounce_that_returns_all_of_a_large_mail_is_recognised_at_once(sender: str) -> None:
    name, content = next(iter(bounces().items()))
    returned = content + b"\r\n" + b"a" * 30_000_000
    start = time.monotonic()
    found = kind(returned, ADDRESSES["ours alone"], sender)
    assert time.monotonic() - start < 10, "searching all of it takes minutes"
    assert (found.kind, found.result) in (("bounce", "final"), ("bounce", "failed")), name


def test_a_person_who_quotes_a_bounce_is_answered() -> None:
    content = (
        b"From: ann@example.com\r\nSubject: My mail to you came back\r\n\r\nWhy?\r\n\r\n"
        b"The following addresses had permanent fatal errors\r\n<you@example.com>\r\n"
    )
    assert is_answered(content, ADDRESSES["anybody's"], "ann@example.com")


UNKNOWN = "<bo@example.org>: 550 5.1.1 User unknown"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("From: bo@example.org\nSubject: Failure notice", "bounce"),
        ("From: mailer-daemon@example.org\nSubject: Failure\nAuto-Submitted: auto-replied", "bounce"),
        ("From: postmaster@example.org\nSubject: Failure\nAuto-Submitted: auto-replied", "bounce"),
        (
            "From: bo@example.org\nSubject: Failure\nAuto-Submitted: auto-replied\nX-Failed-Recipients: bo@example.org",
            "bounce",
        ),
        ("From: bo@example.org\nSubject: Undeliverable: Out of office", "bounce"),
        ("From: bo@example.org\nSubject: Away\nAuto-Submitted: auto-replied", "automatic"),
        ("From: bo@example.org\nSubject: Automatic reply: Your ticket", "automatic"),
        ("From: bo@example.org\nSubject: =?utf-8?q?R=C3=A9ponse_automatique?=", "automatic"),
        ("From: bo@example.org\nSubject: 自動返信", "automatic"),
    ],
)
@pytest.mark.parametrize("sender", ["", "bo@example.org"])
def test_known_words_are_a_bounce_unless_an_answering_program_wrote_them(
    fields: str, expected: str, sender: str
) -> None:
    content = f"{fields}\n\n{UNKNOWN}\n".encode()
    assert kind(content, ADDRESSES["ours alone"], sender).kind == expected


def test_a_report_that_returns_only_headers_is_readable() -> None:
    content = (
        "From: mailer-daemon@example.org\nContent-Type: multipart/report; boundary=b\n\n"
        f"--b\n\n{UNKNOWN}\n--b\nContent-Type: message/rfc822\n\nSubject: Hi\nContent-Type: multipart/mixed; boundary=c\n\n--b--\n"
    ).encode()
    assert kind(content, ADDRESSES["ours alone"]).result == "final"
