"""Locks tickets and changes their state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.tickets.timeline import Line, append
from shared.errors import NotFound

# A claim whose lease has ended does not count, even if the timer has not ended it yet.
_LOCK = text("""
    select reference, team, state, category, priority, tags, locale, subject, email, name, key_number, correlation_id, details,
           missing_evidence, owner, reserved_until, snoozed_until, respond_by, answered_at, resolved_at, version, claim, claimed_by,
           decision, state_since, merged_into, coalesce(merged_tickets, '{}') as merged_tickets,
           array(select email from triage.participants p where p.ticket = reference order by position) as participants,
           clock_timestamp() as now,
           state = 'claimed' and lease_expires_at <= clock_timestamp() as lease_ended,
           state = 'resolved' and resolved_at <= clock_timestamp() - interval '14 days' as resolved_long_ago
    from triage.tickets where reference = any(:references) order by reference for update
""")

# The marks of warning, breach and escalation stay while the deadline does, as when a claim is released; a new deadline clears them.
_MOVE = text("""
    update triage.tickets
    set state = :state, team = :team, priority = :priority, tags = :tags, respond_by = :respond_by,
        state_since = clock_timestamp(), version = version + 1, claim = null, claimed_by = null, lease_expires_at = null,
        reminded_at = null, reserved_until = :reserved_until, snoozed_until = :snoozed_until,
        owner = case when :clears_owner then null else coalesce(cast(:owner as uuid), owner) end,
        breached = breached and respond_by is not distinct from :respond_by,
        warned_at = case when respond_by is not distinct from :respond_by then warned_at end,
        escalated_at = case when respond_by is not distinct from :respond_by then escalated_at end,
        answered_at = case when :answered then coalesce(answered_at, clock_timestamp()) else answered_at end,
        resolved_at = case when :state = 'resolved' then clock_timestamp() end
    where reference = :reference
""")

_END_CLAIM = text("""
    update triage.claims set ended_at = clock_timestamp(), ended_how = :how where ticket = :reference and ended_at is null
""")


@dataclass(frozen=True)
class LockedTicket:
    """A ticket whose row is locked by this transaction."""

    reference: str
    team: str
    state: str
    category: str
    priority: str
    tags: Sequence[str]
    locale: str | None
    subject: str | None
    email: str
    name: str | None
    key_number: int
    correlation_id: str
    details: Mapping[str, Any]
    missing_evidence: Sequence[str]
    owner: UUID | None
    reserved_until: datetime | None
    snoozed_until: datetime | None
    respond_by: datetime | None
    answered_at: datetime | None
    resolved_at: datetime | None
    version: int
    claim: UUID | None
    claimed_by: str | None
    decision: Mapping[str, Any]
    state_since: datetime
    merged_into: str | None
    merged_tickets: Sequence[str]
    participants: Sequence[str]
    now: datetime
    lease_ended: bool
    resolved_long_ago: bool

    @property
    def claimed(self) -> bool:
        """Whether its claim's lease has not ended."""
        return self.state == "claimed" and not self.lease_ended


@dataclass(frozen=True)
class Move:
    """A change of state. Team, priority, tags and owner stay if None; `how`: what ended the claim, if there is one.

    `reserved_until`: until when only the owner claims the ticket; a change of state ends an earlier reservation. `snoozed_until`:
    when a snoozed ticket opens.
    """

    state: str
    how: str
    team: str | None = None
    priority: str | None = None
    tags: Sequence[str] | None = None
    respond_by: datetime | None = None
    answered: bool = False
    owner: UUID | None = None
    clears_owner: bool = False
    reserved_until: datetime | None = None
    snoozed_until: datetime | None = None


def lock_tickets(connection: Connection, references: Sequence[str]) -> dict[str, LockedTicket]:
    """Lock those of the tickets that exist, in the order of their references to avoid deadlocks. Returns them by reference."""
    rows = connection.execute(_LOCK, {"references": sorted(set(references))})
    return {row.reference: LockedTicket(**row._mapping) for row in rows}


def lock_ticket(connection: Connection, reference: str) -> LockedTicket:
    """Lock one ticket. Raises NotFound."""
    found = lock_tickets(connection, [reference]).get(reference)
    if found is None:
        raise NotFound("There is no such ticket.")
    return found


def move(connection: Connection, ticket: LockedTicket, to: Move, *lines: Line) -> list[int]:
    """Change the ticket's state, end its claim and append to the timeline. Returns the ids of the new timeline entries.

    `respond_by` is replaced, by None too: no answer is due in states other than open, claimed and snoozed.
    """
    if ticket.state == "claimed":
        how = "expired" if ticket.lease_ended else to.how
        connection.execute(_END_CLAIM, {"reference": ticket.reference, "how": how})
    connection.execute(
        _MOVE,
        {
            "reference": ticket.reference,
            "state": to.state,
            "team": to.team or ticket.team,
            "priority": to.priority or ticket.priority,
            "tags": list(ticket.tags if to.tags is None else to.tags),
            "respond_by": to.respond_by,
            "answered": to.answered,
            "owner": to.owner,
            "clears_owner": to.clears_owner,
            "reserved_until": to.reserved_until,
            "snoozed_until": to.snoozed_until,
        },
    )
    return append(connection, ticket.reference, *lines)
