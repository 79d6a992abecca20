"""What every deed of an agent on a ticket has in common: the ticket locked, the right to write checked, the claim held against."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection, text

from services.triage.claims.claim import ENDED, require_holder
from services.triage.tickets.lock import LockedTicket, lock_ticket
from shared.auth.principal import Principal
from shared.errors import Conflict
from shared.events.contracts import Event, ticket_state_changed

_HOLDER = text("select holder from triage.claims where id = :id")


@dataclass(frozen=True)
class Hand:
    """Who writes, and the claim and version they hold (None: the ticket is nobody's, any version will do)."""

    principal: Principal
    claim: UUID | None = None
    version: int | None = None


def take_in_hand(connection: Connection, reference: str, hand: Hand) -> LockedTicket:
    """Lock the ticket for a write by `hand`.

    Raises NotFound; Forbidden for another's team or claim; Conflict when it is claimed and `hand` does not hold that claim, when
    the claim given has ended or never was, or when the version given is stale.
    """
    ticket = lock_ticket(connection, reference)
    # What this request logs from here on is found by the note's own id.
    structlog.contextvars.bind_contextvars(correlation_id=ticket.correlation_id)
    hand.principal.require_write(ticket.team)
    if hand.claim is not None and (not ticket.claimed or hand.claim != ticket.claim):
        raise Conflict(ENDED)
    if hand.claim is None and ticket.claimed:
        raise Conflict(f"{ticket.claimed_by} has claimed this ticket; the claim must be given.")
    if hand.version is not None and hand.version != ticket.version:
        raise Conflict("The ticket has changed hands since this version.")
    if hand.claim is not None:
        holder = connection.execute(_HOLDER, {"id": hand.claim}).scalar_one()
        require_holder(holder, ticket.team, hand.principal)
    return ticket


def require_state(ticket: LockedTicket, *states: str) -> None:
    """Raise Conflict unless the ticket is in one of the states (a claim whose lease ran out counts as open)."""
    state = "open" if ticket.lease_ended else ticket.state
    if state not in states:
        raise Conflict(f"The ticket is {state}.")


# What an agent may still act on: everything but what is over.
UNDER_WAY = ("held", "open", "claimed", "waiting")


def about(ticket: LockedTicket, by: Principal, state: str, **more: Any) -> dict[str, Any]:
    """The payload that all events of an agent's deeds share."""
    return {
        "team": ticket.team,
        "state": state,
        "category": ticket.category,
        "locale": ticket.locale,
        "key_number": ticket.key_number,
        "by": by.name,
        **more,
    }


def addressed(ticket: LockedTicket, message: str | None) -> dict[str, Any]:
    """The personal part: to whom, about what, in which words."""
    return {"email": ticket.email, "name": ticket.name, "subject": ticket.subject, "message": message}


def state_changed(ticket: LockedTicket, state: str, more: Mapping[str, Any] | None = None) -> Event:
    """What intake is told: nobody waits for an answer any more, unless `more` says by when."""
    payload = {"state": state, "team": ticket.team, "respond_by": None, **(more or {})}
    return ticket_state_changed(ticket.reference, ticket.correlation_id, payload)
