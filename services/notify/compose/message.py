"""The bytes of an e-mail: the same on every try, since date and Message-ID are fixed when its ledger row is made."""

import re
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from services.notify.compose.mailbox import mailbox
from shared.mail.addresses import is_writable

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# A carriage return alone is a line end too: on the wire it would smuggle (RFC 5321, 2.3.8).
_LINE_END = re.compile(r"\r\n?")
# A jsonb column does not keep the order; this is the usual one.
_ORDER = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References")
# RFC 5322, 2.1.1.
_LONGEST_VALUE = 900
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._-]+@[A-Za-z0-9.-]+>")


class UnsafeHeader(ValueError):
    """A value that a header must not hold."""


@dataclass(frozen=True)
class AttachedFile:
    """A file as it is attached."""

    name: str
    media_type: str
    body: bytes


def message_id(email: UUID, domain: str) -> str:
    """The Message-ID of an e-mail, on every try (RFC 5322, 3.6.4)."""
    return f"<{email.hex}@{domain}>"


def headers_of(
    *,
    sender: str,
    recipient: str,
    subject: str,
    lang: str,
    identity: str,
    made_at: datetime,
    reply_to: str | None = None,
    answers: str | None = None,
    submitted: str | None = "auto-generated",
    smtputf8: bool = False,
    sender_name: str = "",
    copies: Sequence[str] = (),
) -> dict[str, str]:
    """Every header of an e-mail of ours, checked.

    `identity` is its Message-ID, `answers` that of the acknowledgement whose thread it belongs to; `submitted` is the value of
    Auto-Submitted (RFC 3834, 5), None for an e-mail that a person wrote; `smtputf8`: recipients may be beyond ASCII before the @.
    `sender_name`: how From names us; `copies`: the addresses of Cc.

    Raises UnsafeHeader for a value that its header must not hold: a line end, a control character, a second address.
    """
    if not all(is_writable(address, smtputf8=smtputf8) for address in (recipient, *copies)):
        raise UnsafeHeader("not an address that can be written to")
    _check([sender, reply_to], [identity, answers], subject)
    return {
        "From": mailbox(sender_name, sender),
        "To": recipient,
        **({"Cc": ", ".join(copies)} if copies else {}),
        **({"Reply-To": reply_to} if reply_to else {}),
        "Subject": subject,
        "Date": format_datetime(made_at),
        "Message-ID": identity,
        **({"In-Reply-To": answers, "References": answers} if answers else {}),
        # RFC 3834, 5: prevents automatic answers; the second is what Exchange understands (MS-OXCMAIL 2.1.3.2.2).
        **({"Auto-Submitted": submitted, "X-Auto-Response-Suppress": "All"} if submitted else {}),
        "Content-Language": lang,
    }


def _check(addresses: Sequence[str | None], message_ids: Sequence[str | None], subject: str) -> None:
    """Raises UnsafeHeader; None is a header that is left out."""
    if any(address is not None and not is_writable(address) for address in addresses):
        raise UnsafeHeader("not an address that can be written to")
    if any(one is not None and _MESSAGE_ID.fullmatch(one) is None for one in message_ids):
        raise UnsafeHeader("not a Message-ID of ours")
    if _CONTROL.search(subject) or len(subject) > _LONGEST_VALUE:
        raise UnsafeHeader("the subject holds control characters or is too long")


def to_bytes(
    headers: Mapping[str, str], text: str, html: str, boundary: str, files: Sequence[AttachedFile] = ()
) -> bytes:
    """The whole message, CRLF at its line ends: multipart/alternative (RFC 2046), below multipart/mixed where there are files.

    `boundary` must not occur in the bodies: a random token. Without files it does without `email.message`, which takes 50 times as
    long.
    """
    in_order = [*(name for name in _ORDER if name in headers), *(name for name in headers if name not in _ORDER)]
    head = [f"{name}: {_written(name, headers[name])}" for name in in_order]
    head += ["MIME-Version: 1.0", ""]
    content = _mixed(boundary, _alternative(f"=_text{boundary}", text, html), files) if files else None
    return "\r\n".join(head).encode("utf-8") + (content or _alternative(boundary, text, html))


def _alternative(boundary: str, text: str, html: str) -> bytes:
    return b"".join(
        (
            f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode("ascii"),
            _part(boundary, "plain", text),
            _part(boundary, "html", html),
            f"--{boundary}--\r\n".encode("ascii"),
        )
    )


def _mixed(boundary: str, bodies: bytes, files: Sequence[AttachedFile]) -> bytes:
    between = f"--{boundary}\r\n".encode("ascii")
    parts = [bodies, *(_file_part(file) for file in files)]
    return b"".join(
        (
            f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode("ascii"),
            *(between + part for part in parts),
            f"--{boundary}--\r\n".encode("ascii"),
        )
    )


def _file_part(file: AttachedFile) -> bytes:
    """Base64, with the file's name as RFC 2231 has it."""
    part = EmailMessage(policy=SMTP)
    maintype, _, subtype = file.media_type.partition("/")
    part.set_content(file.body, maintype, subtype, disposition="attachment", filename=file.name)
    del part["MIME-Version"]
    written = part.as_bytes()
    return written + (b"" if written.endswith(b"\r\n") else b"\r\n")


def _written(name: str, value: str) -> str:
    """An address beyond ASCII is written as it is (RFC 6532); no encoded word may stand in one (RFC 2047, 5)."""
    addresses = value.split(", ") if name in ("To", "Cc") else [""]
    if all(is_writable(address, smtputf8=True) for address in addresses):
        return ",\r\n ".join(addresses)
    # A person's words that look like an encoded word must not be decoded.
    return _encoded(value, plain=value.isascii() and value.isprintable() and (name != "Subject" or "=?" not in value))


def _encoded(value: str, *, plain: bool) -> str:
    """A header's value in ASCII (RFC 2047); UnsafeHeader for one that would become more than one header."""
    if plain:
        return value
    if _CONTROL.search(value):
        raise UnsafeHeader("a header value holds control characters")
    return Header(value, "utf-8", maxlinelen=75, continuation_ws=" ").encode(linesep="\r\n")


def _part(boundary: str, subtype: str, body: str) -> bytes:
    head = (
        f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    # Plain ASCII with quoted line ends needs no extension on the way (neither 8BITMIME nor SMTPUTF8).
    plain = _LINE_END.sub("\n", body) if "\r" in body else body
    encoded = b2a_qp(plain.encode("utf-8"), istext=True).replace(b"\n", b"\r\n")
    return head.encode("ascii") + encoded + (b"" if encoded.endswith(b"\r\n") else b"\r\n")
