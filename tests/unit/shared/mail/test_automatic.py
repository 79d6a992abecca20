"""Which mails count as written by a program: what notify and intake each knew before is known to both."""

from email import message_from_string

import pytest

from shared.mail.automatic import automatic_because

PERSON = "ann@example.com"

KNOWN_TO_BOTH = [
    ("Auto-Submitted: auto-replied", PERSON, "Auto-Submitted: auto-replied"),
    ("auto-submitted: Auto-Generated; x=y", PERSON, "Auto-Submitted: auto-generated"),
    ("Auto-Submitted: x\x01y" + "z" * 200, PERSON, "Auto-Submitted: x y" + "z" * 81),
    ("Precedence: Bulk", PERSON, "Precedence: bulk"),
    ("Precedence: auto_reply", PERSON, "Precedence: auto_reply"),
    ("List-Id: <news.example.com>", PERSON, "List-Id"),
    ("X-Autoreply: yes", PERSON, "X-Autoreply"),
    ("X-Failed-Recipients: a@b.se", PERSON, "X-Failed-Recipients"),
    ("Content-Type: multipart/report; boundary=b", PERSON, "a report (RFC 6522)"),
    ("Subject: x", "MAILER-DAEMON@example.com", "sent by mailer-daemon"),
    ("Subject: x", "no-reply@example.com", "sent by no-reply"),
]
KNOWN_TO_NOTIFY_ALONE = [
    ("Subject: x", "", "null sender"),
    ("Subject: x", "<>", "null sender"),
    ("Auto-Submitted:", PERSON, "Auto-Submitted:"),
    ("List-Unsubscribe: <https://news.example.com/>", PERSON, "List-Unsubscribe"),
    ("Subject: x", "daemon@example.com", "sent by daemon"),
]
KNOWN_TO_INTAKE_ALONE = [
    ("Subject: x", "do-not-reply@example.com", "sent by do-not-reply"),
    ("Subject: x", "donotreply@example.com", "sent by donotreply"),
]


@pytest.mark.parametrize(("header", "sender", "because"), KNOWN_TO_BOTH + KNOWN_TO_NOTIFY_ALONE + KNOWN_TO_INTAKE_ALONE)
def test_a_programs_mail_is_recognised(header: str, sender: str, because: str) -> None:
    assert automatic_because(message_from_string(f"{header}\n\nHello"), sender) == because


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ("Auto-Submitted: no", PERSON),
        ("Auto-Submitted: No; x=y", PERSON),
        ("Precedence: first-class", PERSON),
        ("X-Auto-Response-Suppress: All", PERSON),  # Exchange writes it into people's mails too
        ("Subject: x", None),
        ("Subject: x", "postmaster.ann@example.com"),
    ],
)
def test_a_persons_mail_is_not(header: str, sender: str | None) -> None:
    assert automatic_because(message_from_string(f"{header}\n\nHello"), sender) is None
