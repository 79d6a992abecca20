"""A mail once it was read: what a person wrote in it, and what came with it."""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class MailFile:
    """A file as it came with a mail: nothing about it is believed yet."""

    name: str
    body: bytes


@dataclass(frozen=True)
class Mail:
    """What a mail says. `message` is what is new in it, `quoted` what it repeats; `automatic`: what says that a machine wrote it."""

    sender: str | None
    sender_name: str | None
    subject: str | None
    message_id: str | None
    automatic: str | None
    message: str
    quoted: str
    files: tuple[MailFile, ...]

    def fingerprint(self) -> bytes:
        """SHA-256 that two copies of one mail share, whatever the servers on their way wrote into them."""
        files = [[file.name, hashlib.sha256(file.body).hexdigest()] for file in self.files]
        parts = [self.message_id, self.sender, self.subject, self.message, self.quoted, files]
        return hashlib.sha256(json.dumps(parts).encode()).digest()


@dataclass(frozen=True)
class Unreadable:
    """Why nobody can read a mail as it is."""

    because: str
