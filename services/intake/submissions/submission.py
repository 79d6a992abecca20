"""A requester's submission, once everything in it was checked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from shared.attachments.check import CheckedFile
from shared.submission_fields import NAMES

# The order in which `content` has hashed them since the first release; fields declared later follow.
_FIRST = ("category", "email", "message", "locale")
_NEXT = ("subject", "name", "username", "platform", "country")


@dataclass(frozen=True)
class Upload:
    """A file as it came, before any check."""

    name: str
    body: bytes


@dataclass(frozen=True)
class Submission:
    """`fields`: every declared field by name (shared/submission_fields.py). `details` are normalised, `cannot_provide` among them."""

    fields: Mapping[str, str | None]
    details: Mapping[str, object]
    file: CheckedFile | None = None

    @property
    def category(self) -> str:
        """A path of today's catalogue."""
        return self.fields["category"] or ""

    @property
    def email(self) -> str:
        return self.fields["email"] or ""

    def content(self) -> bytes:
        """SHA-256 over every parsed field and the file: equal for equal submissions, however they travelled."""
        file = [self.file.name, self.file.sha256] if self.file else None
        later = [name for name in NAMES if name not in _FIRST + _NEXT and self.fields.get(name)]
        fields = [
            *(self.fields.get(name) for name in _FIRST),
            dict(self.details),
            *(self.fields.get(name) for name in _NEXT),
            *([name, self.fields[name]] for name in later),
            file,
        ]
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).digest()


@dataclass(frozen=True)
class Client:
    """A server with a token of its own: its limit replaces its network's."""

    name: str
    per_minute: int


@dataclass(frozen=True)
class ByMail:
    """What a mail holds beside the submission made of it: the earlier mail that it quotes, files that were not accepted, with why, why a
    program may have written it, and whom it was copied to."""

    quoted: str | None = None
    not_accepted: tuple[dict[str, str], ...] = ()
    unsure: str | None = None
    cc: tuple[str, ...] = ()

    def codes(self) -> dict[str, object]:
        """What is in the payload of its events."""
        return {"source": "email", **({"unsure": self.unsure} if self.unsure else {})}

    def words(self) -> dict[str, object]:
        """Those of them that there are, as events carry them."""
        found = {"quoted": self.quoted, "not_taken": list(self.not_accepted), "cc": list(self.cc)}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Sender:
    """Where a submission came from. `form_token`: the name in our own form's token. `client`: a server that posts for many people.
    `by_mail`: set where it was a mail; `source`: otherwise `form` or `api`."""

    network: str
    correlation_id: str
    idempotency_key: str | None = None
    form_token: str | None = None
    client: Client | None = None
    by_mail: ByMail | None = None
    source: str = "form"


@dataclass(frozen=True)
class Receipt:
    """The answer to an accepted submission; `replayed` when it had been accepted before."""

    reference: str
    category: str
    missing_evidence: tuple[str, ...]
    key_number: int
    replayed: bool
    status: str = "received"
