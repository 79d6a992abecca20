"""Which mails count as written by a program, and which may be although they bear marks of one."""

from email import message_from_string

import pytest

from shared.mail.automatic import automatic_because, unsure_because

PERSON = "ann@example.com"
NEWSLETTER = "Precedence: bulk\nList-Id: <n.example.com>\nList-Unsubscribe: <https://n.example.com/>"
CALENDAR = "Content-Type: text/calendar; method=REPLY"

BY_A_PROGRAM = [
    ("Auto-Submitted: auto-replied", PERSON, "Auto-Submitted: auto-replied"),
    ("auto-submitted: Auto-Generated; x=y", PERSON, "Auto-Submitted: auto-generated"),
    ("Auto-Submitted: x\x01y" + "z" * 200, PERSON, "Auto-Submitted: x y" + "z" * 81),
    ("Auto-Submitted:", PERSON, "Auto-Submitted:"),
    ("Precedence: Bulk", PERSON, "Precedence: bulk"),
    ("Precedence: junk\nList-Id: <a.example.com>", PERSON, "Precedence: junk"),
    ("Precedence: auto_reply", PERSON, "Precedence: auto_reply"),
    (NEWSLETTER, PERSON, "Precedence: bulk"),
    ("X-Autoreply: yes", PERSON, "X-Autoreply"),
    ("X-Failed-Recipients: a@b.se", PERSON, "X-Failed-Recipients"),
    ("X-Apple-Action: vacation", PERSON, "X-Apple-Action: VACATION"),
    ("Content-Type: multipart/report; boundary=b", PERSON, "a report (RFC 6522)"),
    (CALENDAR, PERSON, "a calendar reply (RFC 5546)"),
    (
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\n{CALENDAR}\n\nx\n--b--",
        PERSON,
        "a calendar reply (RFC 5546)",
    ),
    ("Subject: Automatic reply: Your ticket", PERSON, "Subject: Automatic reply:"),
    ("Subject: Out of Office", PERSON, "Subject: Out of Office"),
    ("Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_Votre_demande?=", PERSON, "Subject: Réponse automatique :"),
    ("Subject: =?iso-2022-jp?b?GyRCPCtGMDF+RXobKEI=?=: x", PERSON, "Subject: 自動応答:"),
    ("Subject: x", "", "null sender"),
    ("Subject: x", "<>", "null sender"),
    ("Subject: x", "MAILER-DAEMON@example.com", "sent by mailer-daemon"),
    ("Reply-To: ann@example.com", "daemon@example.com", "sent by daemon"),
    ("Subject: x", "no-reply@example.com", "sent by no-reply"),
    ("Subject: x", "do-not-reply@example.com", "sent by do-not-reply"),
    ("Subject: x", "donotreply@example.com", "sent by donotreply"),
]


@pytest.mark.parametrize(("header", "sender", "because"), BY_A_PROGRAM)
def test_a_programs_mail_is_recognised(header: str, sender: str, because: str) -> None:
    assert automatic_because(message_from_string(f"{header}\n\nHello"), sender) == because


BY_A_PERSON = [
    ("Auto-Submitted: no", PERSON),
    ("Auto-Submitted: No; x=y", PERSON),
    ("Precedence: first-class", PERSON),
    (
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF",
        PERSON,
    ),  # asks for no reports and no out-of-office answers, of which we send none
    ("Subject: x", None),
    ("Subject: x", "postmaster.ann@example.com"),
    ("Subject: Re: Automatic reply: Your ticket", PERSON),
    ("Subject: Automatic reply does not arrive", PERSON),
    ("Subject: Fwd: x", PERSON),
    ("Reply-To: Ann <ann@example.com>", "noreply@shop.example.com"),
    ("Content-Type: text/calendar; method=REQUEST", PERSON),
    (
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n{CALENDAR}\n\nx\n--b--",
        PERSON,
    ),
]


@pytest.mark.parametrize(("header", "sender"), BY_A_PERSON)
def test_a_persons_mail_is_not(header: str, sender: str | None) -> None:
    message = message_from_string(f"{header}\n\nHello")
    assert (automatic_because(message, sender), unsure_because(message)) == (None, None)


@pytest.mark.parametrize(
    ("header", "because"),
    [
        ("List-Id: <support.example.com>\nPrecedence: list", "Precedence: list"),
        ("List-Id: <support.example.com>\nPrecedence: bulk", "Precedence: bulk"),
        ("List-Id: <support.example.com>", "List-Id"),
        ("List-Unsubscribe: <https://news.example.com/>", "List-Unsubscribe"),
        ("X-Loop: support@example.com", "X-Loop"),
        ("X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress"),
        ("X-Auto-Response-Suppress: OOF, AutoReply", "X-Auto-Response-Suppress"),
    ],
)
def test_what_people_and_programs_write_is_unsure(header: str, because: str) -> None:
    message = message_from_string(f"{header}\n\nHello")
    assert (automatic_because(message, PERSON), unsure_because(message)) == (None, because)


def test_a_newsletters_marks_in_an_answer_to_a_ticket_are_unsure() -> None:
    message = message_from_string(f"{NEWSLETTER}\n\nHello")
    assert automatic_because(message, PERSON, ticket_named=True) is None
    assert unsure_because(message) == "Precedence: bulk"
