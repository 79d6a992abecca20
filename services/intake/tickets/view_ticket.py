"""Show a requester the status of their ticket and what they sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake.deps import Deps
from services.intake.tickets.access import find_ticket
from shared.mail.addresses import NO_SMTPUTF8
from shared.storage.database import autocommit


@dataclass(frozen=True)
class SentFile:
    """A file of the ticket, as its requester may know it; `size` in bytes."""

    name: str
    size: int
    frames: int | None = None


# The states of a mail that does not arrive, as notify reports them.
UNREACHED = ("bounced", "failed", "suppressed")


@dataclass(frozen=True)
class Sent:
    """A follow-up, or the submission itself: a message, files, or both."""

    created_at: datetime
    message: str | None
    attachments: tuple[SentFile, ...]


@dataclass(frozen=True)
class Ticket:
    """A ticket as its requester sees it. `attachments` came with the submission itself."""

    reference: str
    status: str
    category: str
    subject: str | None
    message: str | None
    team: str | None
    created_at: datetime
    missing_evidence: tuple[str, ...]
    details: Mapping[str, object]
    answer_by: datetime | None
    attachments: tuple[SentFile, ...]
    follow_ups: tuple[Sent, ...]
    mail_state: str | None
    mail_because: str | None
    email: str | None
    key_number: int

    @property
    def sent(self) -> tuple[Sent, ...]:
        """All that the requester sent, oldest first."""
        return Sent(self.created_at, self.message, self.attachments), *self.follow_ups

    @property
    def unreached(self) -> str | None:
        """The requester's address where our mail to it came back."""
        return self.email if self.mail_state in UNREACHED else None

    @property
    def needs_smtputf8(self) -> bool:
        """Whether our mail server does not accept an address such as the requester's."""
        return NO_SMTPUTF8 in (self.mail_because or "")


_FOLLOW_UPS = text(
    "select id, sent_at, personal from intake.follow_ups where reference = :reference order by sent_at, id"
)
_FILES = text(
    "select follow_up, name, size, frames from intake.attachments where reference = :reference order by added_at, id"
)


def view_ticket(deps: Deps, reference: str, key: str) -> Ticket:
    """The ticket that `key` opens. Raises NotFound."""
    with autocommit(deps.engine) as connection:
        return ticket_of(connection, find_ticket(connection, deps.settings.secret, reference, key))


def ticket_of(connection: Connection, row: Row[Any]) -> Ticket:
    """The ticket in a submission's row, with everything that was sent."""
    of_ticket = {"reference": row.reference}
    files = connection.execute(_FILES, of_ticket).all()
    sent = connection.execute(_FOLLOW_UPS, of_ticket).all()
    personal = row.personal or {}
    return Ticket(
        reference=row.reference,
        status=row.status,
        category=row.category,
        subject=personal.get("subject"),
        message=personal.get("message"),
        team=row.team,
        created_at=row.submitted_at,
        missing_evidence=tuple(row.missing_evidence),
        details=personal.get("details", {}),
        answer_by=row.answer_by,
        attachments=_files_of(files, None),
        follow_ups=tuple(
            Sent(one.sent_at, (one.personal or {}).get("message"), _files_of(files, one.id)) for one in sent
        ),
        mail_state=row.mail_state,
        mail_because=row.mail_because,
        email=personal.get("email"),
        key_number=row.key_number,
    )


def _files_of(files: Any, follow_up: object) -> tuple[SentFile, ...]:
    return tuple(SentFile(one.name or "", one.size, one.frames) for one in files if one.follow_up == follow_up)
