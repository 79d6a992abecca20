"""Ticket references, which can be read aloud, and the secret key of a ticket's page.

A key is computed where it is needed and never stored: HMAC-SHA256 (RFC 2104) over reference and key number, cut to 160 bits.
"""

import base64
import hmac
import re
import secrets
from urllib.parse import quote

# Crockford's base32: no I, L, O or U, so that it can be spelt over a telephone (https://www.crockford.com/base32.html).
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE = re.compile(r"T-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
_KEY_BYTES = 20


def new_reference() -> str:
    """A fresh random reference such as `T-7K3M-9QXA`: 40 bits, unique by the table's constraint."""
    bits = secrets.randbits(40)
    symbols = "".join(_ALPHABET[bits >> shift & 31] for shift in range(0, 40, 5))
    return f"T-{symbols[:4]}-{symbols[4:]}"


def is_reference(text: str) -> bool:
    """Whether `text` has the form of a reference."""
    return _REFERENCE.fullmatch(text) is not None


def ticket_key(secret: str, reference: str, number: int) -> str:
    """The key of one ticket: 32 lower-case base32 characters. `number` grows when a key is renewed."""
    digest = hmac.digest(secret.encode(), f"ticket-key:{reference}:{number}".encode(), "sha256")
    return base64.b32encode(digest[:_KEY_BYTES]).decode().lower()


def is_key(secret: str, reference: str, number: int, given: str) -> bool:
    """Whether `given` is the ticket's key, compared in constant time."""
    return hmac.compare_digest(ticket_key(secret, reference, number).encode(), given.encode())


def status_url(intake_url: str, secret: str, reference: str, number: int) -> str:
    """The address of the requester's own page of this ticket, key included."""
    return f"{intake_url.rstrip('/')}/t/{quote(reference)}?key={ticket_key(secret, reference, number)}"
