"""E-mail addresses: which can be written to, which are one person's, and our own signed ones. Pure."""

import base64
import hashlib
import hmac
import re
from uuid import UUID

from shared.ticket_keys import is_reference

# RFC 5321, 4.5.3.1: 64 octets before the @, 254 in a path's address. A dot-atom of RFC 5322; no quoted local part, no SMTPUTF8.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# 100 bits cannot be guessed and keep the local part under its 64 octets.
_MAC_CHARACTERS = 20
# How the ledger words it; resending finds these rows by it.
SUPPRESSED_ADDRESS = "the address is on the suppression list: "


def because_suppressed(reason: str) -> str:
    """Why an e-mail to a suppressed address is not sent; `reason` is the suppression's."""
    return SUPPRESSED_ADDRESS + reason


def is_domain(text: str) -> bool:
    """Whether `text` is a host name in ASCII."""
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether `text` is an address that SMTP commands and headers can hold as it is."""
    local, at, domain = text.rpartition("@")
    return (
        bool(at) and len(text) <= 254 and len(local) <= 64 and _LOCAL.fullmatch(local) is not None and is_domain(domain)
    )


def in_ascii(address: str) -> str:
    """The address with its domain in ASCII (RFC 5890); a domain without an ASCII form stays as it is."""
    local, at, domain = address.strip().rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address.strip()


def recipient_key(address: str) -> str:
    """The address that limits are counted by: lower-cased, without a `+tag`."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def bounce_address(secret: str, email: UUID, domain: str) -> str:
    """The envelope sender of one e-mail (VERP): a mail to it is about that e-mail."""
    return f"bounce+{email.hex}.{_mac(secret, 'bounce', email.hex)}@{domain}"


def reply_address(secret: str, ticket: str, domain: str) -> str:
    """The Reply-To of a ticket's e-mails, known to their recipients only."""
    return f"reply+{ticket.lower()}.{_mac(secret, 'reply', ticket)}@{domain}"


def bounced_email(secret: str, address: str) -> UUID | None:
    """The e-mail whose bounce address this is; None when its signature is not ours."""
    number = _verified(secret, "bounce", address)
    try:
        return UUID(hex=number) if number else None
    except ValueError:
        return None


def replied_ticket(secret: str, address: str) -> str | None:
    """The ticket whose reply address this is; None when its signature is not ours."""
    ticket = _verified(secret, "reply", address)
    return ticket if ticket and is_reference(ticket) else None


def _verified(secret: str, purpose: str, address: str) -> str | None:
    local = address.strip().rpartition("@")[0]
    label, _, token = local.partition("+")
    subject, _, mac = token.partition(".")
    subject = subject.lower() if purpose == "bounce" else subject.upper()
    genuine = hmac.compare_digest(_mac(secret, purpose, subject).encode(), mac.lower().encode())
    return subject if label.lower() == purpose and genuine else None


def _mac(secret: str, purpose: str, subject: str) -> str:
    digest = hmac.new(secret.encode(), f"mail-{purpose}:{subject}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:_MAC_CHARACTERS]
