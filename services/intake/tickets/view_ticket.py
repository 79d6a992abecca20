"""Show a requester the status of their ticket and the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.intake.addresses.pending import AddressChange, find_change, may_change
from services.intake.conversation.answered import Answered, answered_of
from services.intake.conversation.entries import Entry, entries_of, together
from services.intake.conversation.read_told import read_told
from services.intake.deps import Deps
from services.intake.tickets.access import OpenedTicket, find_ticket
from shared.mail.addresses import NO_SMTPUTF8
from shared.storage.database import autocommit
from shared.ticket_keys import KeyKind

# The states of a mail that does not arrive, as notify reports them.
UNREACHED = ("bounced", "failed", "suppressed")


@dataclass(frozen=True)
class SentFile:
    """A file of a follow-up, as the API lists it; `size` in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class Sent:
    """A follow-up, as the API lists it: a message, files, or both."""

    created_at: datetime
    message: str | None
    attachments: tuple[SentFile, ...]


@dataclass(frozen=True)
class Ticket:
    """A ticket as the holder of one of its keys sees it.

    `change`: the change of address that waits to be confirmed; `merged_into`: the ticket in which the matter continues, None for this one.
    """

    reference: str
    status: str
    category: str
    subject: str | None
    team: str | None
    created_at: datetime
    missing_evidence: tuple[str, ...]
    details: Mapping[str, object]
    answer_by: datetime | None
    entries: tuple[Entry, ...]
    mail_state: str | None
    mail_because: str | None
    email: str | None
    key_number: int
    opened_by: KeyKind
    answered: Answered
    may_change_address: bool
    change: AddressChange | None
    merged_into: str | None = None

    @property
    def conversation(self) -> tuple[Entry, ...]:
        """The messages, oldest first."""
        return tuple(one for one in self.entries if one.is_message)

    @property
    def follow_ups(self) -> tuple[Sent, ...]:
        """What the requester sent to this ticket after the submission, oldest first."""
        return tuple(
            Sent(one.at, one.text or None, tuple(SentFile(file.name, file.size) for file in one.attachments))
            for one in self.entries
            if one.kind == "follow_up" and one.reference == self.reference
        )

    @property
    def unreached(self) -> str | None:
        """The requester's address where our mail to it came back."""
        return self.email if self.mail_state in UNREACHED else None

    @property
    def needs_smtputf8(self) -> bool:
        """Whether our mail server does not accept an address such as the requester's."""
        return NO_SMTPUTF8 in (self.mail_because or "")


def view_ticket(deps: Deps, reference: str, key: str) -> Ticket:
    """The ticket that `key` opens. Raises NotFound."""
    with autocommit(deps.engine) as connection:
        return ticket_of(connection, find_ticket(connection, deps.settings.secret, reference, key))


def ticket_of(connection: Connection, opened: OpenedTicket) -> Ticket:
    """The ticket in a submission's row, with everything that its key shows."""
    row = opened.row
    every = read_told(connection, row, opened.key)
    told = every[0]
    pending = find_change(connection, row)
    answered = answered_of(row, told.answers, pending.kept_since)
    personal = row.personal or {}
    return Ticket(
        reference=row.reference,
        status=row.status,
        category=row.category,
        subject=personal.get("subject"),
        team=row.team,
        created_at=row.submitted_at,
        missing_evidence=tuple(row.missing_evidence),
        details=personal.get("details", {}),
        answer_by=row.answer_by,
        entries=together(entry for one in every for entry in entries_of(one, opened.key)),
        mail_state=row.mail_state,
        mail_because=row.mail_because,
        email=personal.get("email"),
        key_number=row.key_number,
        opened_by=opened.key,
        answered=answered,
        may_change_address=may_change(row, opened.key, answered),
        change=pending.change,
        merged_into=row.merged_into,
    )
