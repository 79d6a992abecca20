"""Ticket references, which can be read aloud, and the secret key of a ticket's page.

A ticket has two keys. The receipt's is in the answer to the submission; the mailed one is in our e-mails, so whoever has it reads the
mail of the address that was given. A key is computed where it is needed and never stored: HMAC-SHA256 (RFC 2104) over its purpose, the
reference and the key number, cut to 160 bits.
"""

import base64
import hmac
import re
import secrets
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from urllib.parse import quote
from uuid import UUID

# Crockford's base32: no I, L, O or U, so that it can be spelt over a telephone (https://www.crockford.com/base32.html).
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE = re.compile(r"T-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
_KEY_BYTES = 20
# 16 bytes of the event's id, 4 of the time and the 20 of the code: base32 without padding.
_SATISFACTION = re.compile(r"[a-z2-7]{64}")

KeyKind = Literal["receipt", "mailed"]


class Resolution(NamedTuple):
    """A message that resolved a ticket: the id of its event, and when it was written, in whole seconds."""

    event: UUID
    at: datetime


def new_reference() -> str:
    """A fresh random reference such as `T-7K3M-9QXA`: 40 bits, unique by the table's constraint."""
    bits = secrets.randbits(40)
    symbols = "".join(_ALPHABET[bits >> shift & 31] for shift in range(0, 40, 5))
    return f"T-{symbols[:4]}-{symbols[4:]}"


def is_reference(text: str) -> bool:
    """Whether `text` has the form of a reference."""
    return _REFERENCE.fullmatch(text) is not None


def receipt_key(secret: str, reference: str, number: int) -> str:
    """The key in the answer to a submission: 32 lower-case base32 characters. `number` grows when the keys are renewed."""
    return _key(secret, "ticket-key", reference, number)


def mailed_key(secret: str, reference: str, number: int) -> str:
    """The key in our e-mails, which alone shows our answers."""
    return _key(secret, "mailed-key", reference, number)


def kind_of_key(secret: str, reference: str, number: int, given: str) -> KeyKind | None:
    """Which of the ticket's keys `given` is, compared in constant time; None when it is neither."""
    is_receipt = hmac.compare_digest(receipt_key(secret, reference, number).encode(), given.encode())
    is_mailed = hmac.compare_digest(mailed_key(secret, reference, number).encode(), given.encode())
    return "mailed" if is_mailed else "receipt" if is_receipt else None


def receipt_url(intake_url: str, secret: str, reference: str, number: int) -> str:
    """The address of the requester's own page of this ticket, with the receipt's key."""
    return _page(intake_url, reference, receipt_key(secret, reference, number))


def mailed_url(intake_url: str, secret: str, reference: str, number: int) -> str:
    """The address of the requester's own page of this ticket, with the mailed key."""
    return _page(intake_url, reference, mailed_key(secret, reference, number))


def confirmation_token(secret: str, reference: str, change: str) -> str:
    """The secret of the link that confirms one change of a ticket's address; `change`: the change's id."""
    return _cut(secret, f"address-change:{reference}:{change}")


def confirmation_url(intake_url: str, secret: str, reference: str, change: str) -> str:
    """The address of the page that confirms a change of address."""
    token = confirmation_token(secret, reference, change)
    return f"{intake_url.rstrip('/')}/t/{quote(reference)}/address/{quote(change)}?token={token}"


def password_token(secret: str, link: UUID) -> str:
    """The secret of a link with which a person chooses a password."""
    return _cut(secret, f"password-link:{link}")


def password_url(triage_url: str, secret: str, link: UUID) -> str:
    """The address of the page on which its person chooses a password."""
    return f"{triage_url.rstrip('/')}/password/{link}?token={password_token(secret, link)}"


def satisfaction_token(secret: str, reference: str, number: int, resolution: Resolution) -> str:
    """The secret of the links that ask how one resolution was: 64 lower-case base32 characters. It opens nothing else.

    It names the resolution, so that nothing needs to be stored for it. `number`: of the ticket's keys, with which it is renewed.
    """
    named = resolution.event.bytes + int(resolution.at.timestamp()).to_bytes(4, "big")
    return base64.b32encode(named + _satisfaction_mac(secret, reference, number, named)).decode().lower()


def read_satisfaction_token(secret: str, reference: str, number: int, token: str) -> Resolution | None:
    """The resolution that the token was made for, compared in constant time; None when it is another ticket's, an earlier one or
    none at all."""
    if _SATISFACTION.fullmatch(token) is None:
        return None
    given = base64.b32decode(token.upper())
    named, mac = given[:-_KEY_BYTES], given[-_KEY_BYTES:]
    if not hmac.compare_digest(_satisfaction_mac(secret, reference, number, named), mac):
        return None
    return Resolution(UUID(bytes=named[:16]), datetime.fromtimestamp(int.from_bytes(named[16:], "big"), UTC))


def satisfaction_url(
    intake_url: str, secret: str, reference: str, number: int, resolution: Resolution, answer: str
) -> str:
    """The address of the page on which a requester tells how the resolution was, with `answer` chosen."""
    token = satisfaction_token(secret, reference, number, resolution)
    return f"{intake_url.rstrip('/')}/t/{quote(reference)}/satisfaction?token={token}&answer={quote(answer)}"


def _satisfaction_mac(secret: str, reference: str, number: int, named: bytes) -> bytes:
    about = f"satisfaction:{reference}:{number}:".encode() + named
    return hmac.digest(secret.encode(), about, "sha256")[:_KEY_BYTES]


def _key(secret: str, purpose: str, reference: str, number: int) -> str:
    return _cut(secret, f"{purpose}:{reference}:{number}")


def _cut(secret: str, about: str) -> str:
    digest = hmac.digest(secret.encode(), about.encode(), "sha256")
    return base64.b32encode(digest[:_KEY_BYTES]).decode().lower()


def _page(intake_url: str, reference: str, key: str) -> str:
    return f"{intake_url.rstrip('/')}/t/{quote(reference)}?key={key}"
