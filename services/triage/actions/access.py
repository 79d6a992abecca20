"""Lock the ticket and check permission and claim before an action."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import structlog
from sqlalchemy import Connection, text

from services.triage.claims.claim import ENDED, require_holder
from services.triage.tickets.lock import LockedTicket, lock_ticket
from shared.auth.principal import Principal
from shared.errors import Conflict
from shared.events.contracts import Event, ticket_state_changed

# States in which a ticket is not finished.
UNFINISHED = ("held", "open", "claimed", "waiting")

_HOLDER = text("select holder from triage.claims where id = :id")


@dataclass(frozen=True)
class Actor:
    """Who acts, with the claim and the ticket version they know. Without a claim the ticket must not be claimed; without a version any
    will do."""

    principal: Principal
    claim: UUID | None = None
    version: int | None = None

    @classmethod
    def from_input(cls, principal: Principal, claim: str | None, version: str | int | None) -> Self:
        """The actor whose claim and version came with a request. Raises Conflict if they are malformed, since no such claim is live."""
        try:
            return cls(principal, UUID(claim) if claim else None, None if version in (None, "") else int(version))
        except ValueError as error:
            raise Conflict(ENDED) from error


def lock_for_action(connection: Connection, reference: str, actor: Actor) -> LockedTicket:
    """Lock the ticket, and check that the actor may change it.

    Raises NotFound; Forbidden for another team's ticket or another person's claim; Conflict when the ticket is claimed and the actor
    gives no claim, when the claim given is not the ticket's live claim, or when the version given is stale.
    """
    ticket = lock_ticket(connection, reference)
    # The log lines of this request share the correlation id of the ticket's other log lines.
    structlog.contextvars.bind_contextvars(correlation_id=ticket.correlation_id)
    actor.principal.require_write(ticket.team)
    if actor.claim is not None and (not ticket.claimed or actor.claim != ticket.claim):
        raise Conflict(ENDED)
    if actor.claim is None and ticket.claimed:
        raise Conflict(f"{ticket.claimed_by} has claimed this ticket; the claim must be given.")
    if actor.version is not None and actor.version != ticket.version:
        raise Conflict("The ticket has changed since this version.")
    if actor.claim is not None:
        holder = connection.execute(_HOLDER, {"id": actor.claim}).scalar_one()
        require_holder(holder, ticket.team, actor.principal)
    return ticket


def require_state(ticket: LockedTicket, *states: str) -> None:
    """Raise Conflict unless the ticket is in one of the states. A claimed ticket whose lease has ended counts as open."""
    state = "open" if ticket.lease_ended else ticket.state
    if state not in states:
        raise Conflict(f"The ticket is {state}.")


def event_payload(ticket: LockedTicket, by: Principal, state: str, **more: Any) -> dict[str, Any]:
    """The payload that the events of all actions share, and `more`. `state`: the state after the action."""
    return {
        "team": ticket.team,
        "state": state,
        "category": ticket.category,
        "locale": ticket.locale,
        "key_number": ticket.key_number,
        "by": by.name,
        **more,
    }


def personal_payload(ticket: LockedTicket, message: str | None) -> dict[str, Any]:
    """The personal part of an event that leads to an e-mail to the requester."""
    return {"email": ticket.email, "name": ticket.name, "subject": ticket.subject, "message": message}


def state_changed(ticket: LockedTicket, state: str, more: Mapping[str, Any] | None = None) -> Event:
    """The event that tells intake of the new state. No answer is due (`respond_by` is None) unless `more` has another time."""
    payload = {"state": state, "team": ticket.team, "respond_by": None, **(more or {})}
    return ticket_state_changed(ticket.reference, ticket.correlation_id, payload)
