"""A mail once it was read: what a person wrote in it, and its files."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from shared.mail.addresses import folded_address


@dataclass(frozen=True)
class MailFile:
    """A file as it came with a mail, before any check."""

    name: str
    body: bytes


@dataclass(frozen=True)
class Mail:
    """The content of a mail. `message` is what is new in it, `quoted` what it repeats; `automatic`: why a program counts as its writer;
    `unsure`: why it may be, which gets no automatic answer; `language`: the tag of its declared language; `cc`: whom it was copied to."""

    sender: str | None
    sender_name: str | None
    subject: str | None
    message_id: str | None
    automatic: str | None
    unsure: str | None
    language: str | None
    message: str
    quoted: str
    files: tuple[MailFile, ...]
    cc: tuple[str, ...] = ()

    def known_by(self) -> dict[str, Any]:
        """What its row keeps: the sender, and what recognises another copy."""
        return {
            "address": folded_address(self.sender) if self.sender else None,
            "fingerprint": self.fingerprint() if self.message_id else None,
        }

    def fingerprint(self) -> bytes:
        """SHA-256 that two copies of one mail share, whatever the servers on their way wrote into them."""
        files = [[file.name, hashlib.sha256(file.body).hexdigest()] for file in self.files]
        parts = [self.message_id, self.sender, self.subject, self.message, self.quoted, files]
        return hashlib.sha256(json.dumps(parts).encode()).digest()


@dataclass(frozen=True)
class Unreadable:
    """Why a mail cannot be read."""

    because: str
