"""A requester's note, once everything in it was found right."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.attachments.check import CheckedFile


@dataclass(frozen=True)
class Upload:
    """A file as it came: nothing about it is believed yet."""

    name: str
    body: bytes


@dataclass(frozen=True)
class Note:
    """What one person sent. `category` is a path of today's catalogue; `details` are tidied, `cannot_provide` among them."""

    category: str
    email: str
    message: str
    locale: str
    details: Mapping[str, object]
    subject: str | None = None
    name: str | None = None
    username: str | None = None
    platform: str | None = None
    country: str | None = None
    file: CheckedFile | None = None

    def content(self) -> bytes:
        """SHA-256 over every parsed field and the file: equal for notes that say the same, however they travelled."""
        file = [self.file.name, self.file.sha256] if self.file else None
        fields = [
            self.category,
            self.email,
            self.message,
            self.locale,
            dict(self.details),
            self.subject,
            self.name,
            self.username,
            self.platform,
            self.country,
            file,
        ]
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).digest()


@dataclass(frozen=True)
class Client:
    """A server with a token of its own: its limit stands in place of its network's."""

    name: str
    per_minute: int


@dataclass(frozen=True)
class ByMail:
    """What a mail holds beside the note that it became: the earlier mail that it repeats, and files that were not taken, with why."""

    quoted: str | None = None
    not_taken: tuple[dict[str, str], ...] = ()

    def words(self) -> dict[str, object]:
        """Those of them that there are, as events carry them."""
        found = {"quoted": self.quoted, "not_taken": list(self.not_taken)}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Sender:
    """Where a note came from. `form_token` is the name in our own form's token; `client` a server that posts for many people;
    `by_mail` stands where it was a mail."""

    network: str
    correlation_id: str
    idempotency_key: str | None = None
    form_token: str | None = None
    client: Client | None = None
    by_mail: ByMail | None = None


@dataclass(frozen=True)
class Receipt:
    """The answer to an accepted note; `replayed` when it had been accepted before."""

    reference: str
    category: str
    missing_evidence: tuple[str, ...]
    key_number: int
    replayed: bool
    status: str = "received"


def folded_address(email: str) -> str:
    """One name for all spellings that reach one mailbox: lower-cased, without `+tag`."""
    local, _, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
