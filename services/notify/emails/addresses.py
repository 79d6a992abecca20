"""Our own signed addresses: of bounces and of replies. Pure."""

import base64
import hashlib
import hmac
from uuid import UUID

from shared.ticket_keys import is_reference

# 100 bits cannot be guessed and keep the local part under its 64 octets.
_MAC_CHARACTERS = 20
# How the ledger words it; resending finds these rows by it.
SUPPRESSED_ADDRESS = "the address is on the suppression list: "


def because_suppressed(reason: str) -> str:
    """Why an e-mail to a suppressed address is not sent; `reason` is the suppression's."""
    return SUPPRESSED_ADDRESS + reason


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
