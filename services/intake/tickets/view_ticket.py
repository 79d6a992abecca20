"""Show a requester where their ticket is and what they sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from services.intake.tickets.access import find_ticket
from shared.storage.database import autocommit


@dataclass(frozen=True)
class SentFile:
    """A file of the ticket, as its requester may know it; `size` in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class FollowUp:
    """Something that was sent after the note."""

    created_at: datetime
    message: str | None
    attachments: tuple[SentFile, ...]


@dataclass(frozen=True)
class Ticket:
    """A ticket as its requester sees it. `attachments` came with the note itself."""

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
    follow_ups: tuple[FollowUp, ...]
    mail_state: str | None
    email: str | None
    key_number: int


_FOLLOW_UPS = text(
    "select id, sent_at, personal from intake.follow_ups where reference = :reference order by sent_at, id"
)
_FILES = text("select follow_up, name, size from intake.attachments where reference = :reference order by added_at, id")


def follow_ticket(engine: Engine, secret: str, reference: str, key: str) -> Ticket:
    """The ticket that `key` opens. Raises NotFound."""
    with autocommit(engine) as connection:
        return view_ticket(connection, find_ticket(connection, secret, reference, key))


def view_ticket(connection: Connection, row: Row[Any]) -> Ticket:
    """The ticket of a submission's row, with all that was sent."""
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
            FollowUp(one.sent_at, (one.personal or {}).get("message"), _files_of(files, one.id)) for one in sent
        ),
        mail_state=row.mail_state,
        email=personal.get("email"),
        key_number=row.key_number,
    )


def _files_of(files: Any, follow_up: object) -> tuple[SentFile, ...]:
    return tuple(SentFile(one.name or "", one.size) for one in files if one.follow_up == follow_up)
