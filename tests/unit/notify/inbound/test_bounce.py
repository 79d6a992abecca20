"""What a bounce means: the address is gone, try once more, or something else."""

from email import message_from_bytes

import pytest

from services.notify.inbound.bounce import diagnose, meaning_of


@pytest.mark.parametrize(
    ("code", "words", "meaning"),
    [
        ("5.1.1", "550 5.1.1 No such user here", "final"),
        ("5.1.1", "550 5.1.1 inactive", "failed"),
        ("5.1.2", "550 5.1.2 Host unknown", "final"),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", "final"),
        ("5.1.7", "553 5.1.7 user unknown", "failed"),
        ("5.1.8", "553 5.1.8 sender address unknown", "failed"),
        ("", "550 <bo@example.org>... User unknown", "final"),
        ("5.0.0", "550 Unknown user bo@example.org", "final"),
        ("5.0.0", "550 Unknown user bo@example.org (in reply to end of DATA command)", "failed"),
        ("5.0.0", "550 5.0.0 bo@example.org... User unknown (in reply to RCPT TO command)", "final"),
        ("5.1.1", "550 5.1.1 bo@example.org User unknown (in reply to end of DATA command)", "final"),
        ("5.0.0", "550 : User unknown", "failed"),
        ("5.0.0", "550 User unknown, command: DATA", "failed"),
        ("5.0.0", "550 user unknown. The account is disabled.", "failed"),
        ("5.0.0", "550 User unknown; see https://www.spamhaus.org/", "failed"),
        ("5.1.0", "550 HELO name mx.example.org does not exist", "failed"),
        ("5.4.4", "Illegal host/domain name found", "final"),
        ("5.4.4", "I couldn't find a mail exchanger or IP address. (#5.4.4)", "final"),
        ("", "DNS lookup failure: host mail.example.org not found", "final"),
        ("", "User bo not listed in public Name & Address Book", "final"),
        ("", "bo@example.org ディレクトリのリストにありません", "final"),
        ("5.7.1", "550 5.7.1 Message rejected due to content policy", "failed"),
        ("5.7.26", "550 5.7.26 its SPF and DKIM did not pass", "failed"),
        ("5.2.2", "552 5.2.2 The mailbox of this user is over its quota", "retry"),
        ("5.0.0", "552 Mailbox is full", "retry"),
        ("5.2.3", "552 5.2.3 message too large", "failed"),
        ("5.2.1", "550 5.2.1 account disabled", "failed"),
        ("4.4.7", "message expired", "retry"),
        ("4.1.1", "450 4.1.1 user unknown in virtual alias table", "retry"),
    ],
)
def test_the_meaning_follows_from_code_and_words(code: str, words: str, meaning: str) -> None:
    assert meaning_of(code, words) == meaning


def report(status: str, diagnostic: str, action: str = "failed") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.org\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nYour mail could not be delivered.\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; bo@example.org\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {diagnostic}\n\n"
        "--b--\n"
    ).encode()


def test_the_code_of_the_words_is_more_specific_than_the_status() -> None:
    content = report("5.0.0", "550 5.7.1 blocked by policy")
    found = diagnose(message_from_bytes(content), content)
    assert found is not None
    assert (found.action, found.code) == ("failed", "5.7.1")


@pytest.mark.parametrize(
    ("status", "diagnostic", "code"),
    [
        ("5.0.0", "550 5.1.1 No such user", "5.1.1"),
        ("5.5.0", "550 5.1.1 No such user", "5.1.1"),
        ("5.1.1", "550 5.7.1 Rejected", "5.7.1"),
        ("5.1.1", "550 5.1.1 No such user on version 5.9.2", "5.1.1"),
    ],
)
def test_the_codes_of_the_status_and_of_the_words_are_weighed(status: str, diagnostic: str, code: str) -> None:
    content = report(status, diagnostic)
    found = diagnose(message_from_bytes(content), content)
    assert found is not None
    assert found.code == code


def test_a_report_without_a_diagnostic_has_the_code_of_the_text() -> None:
    content = report("5.0.0", "").replace(
        b"could not be delivered.", b"was rejected: 550 5.7.1 Not allowed, user unknown"
    )
    found = diagnose(message_from_bytes(content), content)
    assert found is not None
    assert (found.code, meaning_of(found.code, found.words)) == ("5.7.1", "failed")


def test_a_diagnostic_may_be_in_japanese() -> None:
    words = "ユーザー bo@example.org は Domino ディレクトリには見つかりません。"
    for charset in ("iso-2022-jp", "utf-8"):
        content = report("5.0.0", "@@").replace(b"smtp; @@", b"x-unix; " + words.encode(charset))
        found = diagnose(message_from_bytes(content), content)
        assert found is not None
        assert (found.words, meaning_of(found.code, found.words)) == (words, "final")


def test_a_delay_is_no_failure() -> None:
    content = report("4.4.1", "connection timed out", "delayed")
    found = diagnose(message_from_bytes(content), content)
    assert found is not None
    assert found.delayed


def test_a_report_without_its_boundary_is_read_by_its_fields() -> None:
    content = report("5.1.1", "550 5.1.1 No such user").replace(b'boundary="b"', b'boundary="lost"')
    found = diagnose(message_from_bytes(content), content)
    assert found is not None
    assert meaning_of(found.code, found.words) == "final"


def test_plain_words_are_read_above_the_returned_mail_alone() -> None:
    content = (
        b"From: robot@mx.example.org\n\nSorry, your message was refused by our content policy.\n\n"
        b"--- Below this line is a copy of the message.\n\nSubject: user unknown\n"
    )
    found = diagnose(message_from_bytes(content), content)
    assert found is None or meaning_of(found.code, found.words) == "failed"


def test_a_persons_mail_reports_nothing() -> None:
    content = b"From: bo@example.org\n\nThank you, that helped.\n"
    assert diagnose(message_from_bytes(content), content) is None


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("A message is delayed for more than 10 minutes.\nbo@example.org: Network error", "delayed"),
        ("Each of these recipients was rejected by a remote mail server.\n<bo@example.org>", "failed"),
        ("A recipient was ignored.\nbo@@example.org: malformed address", "failed"),
    ],
)
def test_a_text_without_a_code_reports_by_its_words(text: str, action: str) -> None:
    content = f"From: mailer-daemon@mx.example.org\n\n{text}\n".encode()
    found = diagnose(message_from_bytes(content), content)
    assert found is not None
    assert (found.action, meaning_of(found.code, found.words)) == (action, "failed")
