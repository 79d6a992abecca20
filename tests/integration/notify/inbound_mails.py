"""Mails as other servers send them to us."""

from email.message import EmailMessage
from email.policy import SMTP


def a_reply(to: str, **headers: str) -> bytes:
    """A person's answer; `headers` with _ for -."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "requester@example.com", to, "Re: Your message"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Here is the picture.\n\n> We have your message\n")
    return message.as_bytes(policy=SMTP)


def a_status_report(
    recipient: str, *, action: str = "failed", status: str = "5.1.1", diagnostic: str = "", message_id: str = ""
) -> bytes:
    """A delivery status notification (RFC 3464)."""
    return f"""From: MAILER-DAEMON@mx.example.com
To: <>
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain

It did not work.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic or f"550 {status} no such user here"}

--=_b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Your message

--=_b--
""".replace("\n", "\r\n").encode()


def a_complaint() -> bytes:
    """A feedback report (RFC 5965)."""
    return b"""From: abuse@mx.example.com\r
Subject: complaint\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report; boundary="=_b"\r
\r
--=_b\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: abuse\r
User-Agent: test\r
\r
--=_b--\r
"""
