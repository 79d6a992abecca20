"""Lock the ticket and check permission and claim before an action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import structlog
from sqlalchemy import Connection, text

from services.triage.claims.claim import ENDED, require_holder
from services.triage.conversation.read_conversation import read_conversations
from services.triage.tickets.lock import LockedTicket, lock_ticket
from services.triage.tickets.timeline import Line
from shared.auth.principal import Principal
from shared.errors import Conflict, Unprocessable
from shared.events.contracts import Event, ticket_state_changed

NO_ENTRY = {"seen": ["Not an entry of this ticket's conversation."]}
MOST_NEWER = 200

# States in which a ticket is not finished.
UNFINISHED = ("held", "open", "claimed", "waiting", "snoozed")

_HOLDER = text("select holder from triage.claims where id = :id")


class NewerMessages(Conflict):
    """The requester has written since; nothing was done. `newer`: what, oldest first, as entries of the conversation."""

    def __init__(self, newer: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("The requester has written since. Read it, then send again.")
        self.newer = newer


@dataclass(frozen=True)
class PartOfBulk:
    """The bulk that an action is part of. `mails_after`: until then its e-mails wait, since it may be undone; None: they do not."""

    bulk: UUID
    mails_after: datetime | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts, with the claim, the ticket version and the newest entry of the conversation that they know.

    Without a claim the ticket must not be claimed; without a version or an entry any will do. `source`: `api` or `console`; `part_of`:
    the bulk, None for an action on one ticket.
    """

    principal: Principal
    claim: UUID | None = None
    version: int | None = None
    seen: int | None = None
    source: str = "api"
    part_of: PartOfBulk | None = None

    @classmethod
    def from_input(
        cls,
        principal: Principal,
        claim: str | None,
        version: str | int | None,
        seen: str | int | None = None,
        source: str = "api",
    ) -> Self:
        """The actor whose claim, version and newest entry came with a request.

        Raises Conflict if claim or version are malformed, since no such claim is live, Unprocessable for a malformed entry.
        """
        if seen is not None and not str(seen).isdecimal():
            raise Unprocessable(NO_ENTRY)
        try:
            return cls(
                principal,
                None if claim is None else UUID(claim),
                None if version in (None, "") else int(version),
                None if seen in (None, "") else int(seen),
                source,
            )
        except ValueError as error:
            raise Conflict(ENDED) from error

    @property
    def is_person(self) -> bool:
        """Whether a person acts and no service account."""
        return self.principal.is_person

    def line(self, kind: str, message: str | None = None, facts: Mapping[str, Any] | None = None) -> Line:
        """A timeline entry by this actor."""
        source = {"source": self.source} if message is not None else {}
        bulk = {"bulk": str(self.part_of.bulk)} if self.part_of else {}
        return Line(kind, self.principal.name, self.principal.id, message, {**(facts or {}), **source, **bulk})


def lock_for_action(
    connection: Connection, reference: str, actor: Actor, needs_claim: bool = True, or_merged: bool = False
) -> LockedTicket:
    """Lock the ticket, and check that the actor may change it. `or_merged`: also one that was merged into another.

    Raises NotFound; Forbidden for another team's ticket or another person's claim; Conflict when the ticket is claimed and the actor
    gives no claim (unless that is not needed), when the claim given is not the ticket's live claim, when the version given is stale, or
    when the requester has written since the entry that the actor saw (NewerMessages); Unprocessable when that is no entry of the ticket.
    """
    ticket = lock_ticket(connection, reference)
    # The log lines of this request share the correlation id of the ticket's other log lines.
    structlog.contextvars.bind_contextvars(correlation_id=ticket.correlation_id)
    actor.principal.require_write(ticket.team)
    if actor.claim is not None and (not ticket.claimed or actor.claim != ticket.claim):
        raise Conflict(ENDED)
    if needs_claim and actor.claim is None and ticket.claimed:
        raise Conflict(f"{ticket.claimed_by} has claimed this ticket; the claim must be given.")
    if actor.version is not None and actor.version != ticket.version:
        raise Conflict("The ticket has changed since this version.")
    if actor.claim is not None:
        holder = connection.execute(_HOLDER, {"id": actor.claim}).scalar_one()
        require_holder(holder, ticket.team, actor.principal)
    if ticket.merged_into is not None and not or_merged:
        raise Conflict(f"The ticket was merged into {ticket.merged_into}.")
    if actor.seen is not None:
        _require_seen(connection, reference, actor.seen)
    return ticket


def _require_seen(connection: Connection, reference: str, seen: int) -> None:
    """Raise NewerMessages for what the requester wrote after the entry `seen`, Unprocessable when that is no entry of the ticket."""
    found = read_conversations(connection, [reference], most=MOST_NEWER)[reference]
    older = seen not in (entry["id"] for entry in found.entries) and found.before is not None
    entries = read_conversations(connection, [reference], most=1, before=seen + 1)[reference].entries if older else ()
    if seen not in (entry["id"] for entry in (*found.entries, *entries)):
        raise Unprocessable(NO_ENTRY)
    newer = [
        entry
        for entry in found.entries
        if entry["id"] > seen and entry["author"]["role"] == "requester" and not entry["automatic"]
    ]
    if newer:
        raise NewerMessages(newer)


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


def state_for_requester(state: str, respond_by: object) -> str:
    """The state as intake is told it: requesters do not see that their ticket is snoozed or blocked.

    `respond_by`: a snoozed ticket without it waited for the requester, who sees that.
    """
    if state == "snoozed":
        return "open" if respond_by else "waiting"
    return "open" if state == "blocked" else state


def state_changed(ticket: LockedTicket, state: str, more: Mapping[str, Any] | None = None) -> Event:
    """The event that tells intake of the new state. No answer is due (`respond_by` is None) unless `more` has another time."""
    payload = {"state": state, "team": ticket.team, "respond_by": None, **(more or {})}
    payload["state"] = state_for_requester(state, payload["respond_by"])
    return ticket_state_changed(ticket.reference, ticket.correlation_id, payload)
