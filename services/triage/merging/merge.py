"""Merges a ticket into another one of the same requester: from then on both are read and answered as one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from marshmallow import fields
from sqlalchemy import Connection, text

from services.triage.actions.access import Actor, event_payload, lock_for_action, state_changed
from services.triage.actions.action import Action, ActionBody, ActionCall, Facts
from services.triage.claims.own_claims import own_claims
from services.triage.merging.proposals import propose_those_of
from services.triage.merging.stored import brought_tags, hold, lock_found, point, snapshots, store_merge
from services.triage.tickets.lock import LockedTicket, Move, lock_ticket, move
from services.triage.tickets.timeline import Line, append
from shared.errors import Conflict, Unprocessable
from shared.events.contracts import Event, ticket_merged
from shared.events.log import record
from shared.mail.addresses import folded_address

# Each is read with the surviving ticket on every page of it.
MOST_MERGED = 50
UNKNOWN = "There is no such ticket."
ITSELF = "A ticket cannot be merged into itself."
ANOTHER_PERSON = "The tickets are of different people. Link them instead: POST /v1/tickets/{reference}/links."
TOO_MANY = f"A ticket holds at most {MOST_MERGED} merged ones."
# In these states nothing of a ticket waits for its team.
AT_REST = ("held", "waiting", "resolved", "blocked")
# In these an answer of the team is due.
IN_QUEUE = ("open", "claimed")

_KNOWN = text("select exists (select from triage.tickets where reference = :reference)")
_TOGETHER = text("""
    select reference from triage.tickets where reference in (:ticket, :into)
    union select unnest(merged_tickets) from triage.tickets where reference = :ticket
""")
_RECEIVE = text("update triage.tickets set tags = :tags, respond_by = :respond_by where reference = :reference")


@dataclass(frozen=True)
class Received:
    """What the surviving ticket is after a merge. `opens`: it was at rest, and the merged one was not."""

    tags: Sequence[str]
    respond_by: datetime | None
    opens: bool


def merge(
    connection: Connection,
    reference: str,
    actor: Actor,
    into: str,
    silent: bool = False,
    into_claim: str | None = None,
) -> None:
    """Merge the ticket into `into`, with those that were merged into it. `silent`: the requester gets no e-mail.

    The claim of the actor may be that of either ticket; `into_claim` is that of the other one where both are claimed. The surviving ticket
    gets the tags, the sooner deadline, and opens where the merged one was in the queue.

    Raises what lock_for_action raises for either ticket, Unprocessable for an unknown `into`, Conflict for tickets of different addresses,
    for the ticket itself, and where one of them is withdrawn or merged already.
    """
    if not connection.execute(_KNOWN, {"reference": into}).scalar_one():
        lock_for_action(connection, reference, actor, needs_claim=False, or_merged=True)
        raise Unprocessable({"into": [UNKNOWN]})
    tickets = lock_found(connection, lambda: _together(connection, reference, into))
    ticket, target = _lock_both(connection, reference, into, actor, into_claim)
    _require_mergeable(ticket, target)
    followers = [tickets[one] for one in ticket.merged_tickets]
    before = snapshots(connection, [reference, into])
    received = _received(ticket, target)
    events = _receive(connection, target, received, actor, reference)
    brought = _brought(connection, ticket, target, received, before[into])
    store_merge(connection, reference, into, before[reference], brought)
    point(connection, [reference, *ticket.merged_tickets], into)
    hold(connection, into, [*target.merged_tickets, reference, *ticket.merged_tickets])
    events += _resolve(connection, ticket, actor, into)
    record(connection, [*events, *_told(ticket, target, followers, actor, silent)])


def _together(connection: Connection, reference: str, into: str) -> list[str]:
    return list(connection.execute(_TOGETHER, {"ticket": reference, "into": into}).scalars())


def _lock_both(
    connection: Connection, reference: str, into: str, actor: Actor, into_claim: str | None
) -> tuple[LockedTicket, LockedTicket]:
    """Both tickets, which the actor may change; a claimed one of them needs its claim. Raises what lock_for_action raises."""
    of_target = Actor.from_input(actor.principal, into_claim, None, source=actor.source)
    target = lock_ticket(connection, into)
    if into_claim is None and actor.claim is not None and actor.claim == target.claim and into != reference:
        actor, of_target = replace(actor, claim=None), replace(of_target, claim=actor.claim)
    ticket = lock_for_action(connection, reference, actor, or_merged=True)
    if into == reference:
        raise Conflict(ITSELF)
    return ticket, lock_for_action(connection, into, of_target, or_merged=True)


def _require_mergeable(ticket: LockedTicket, target: LockedTicket) -> None:
    """Raise Conflict unless the one may be merged into the other."""
    for one in (ticket, target):
        if one.merged_into is not None:
            raise Conflict(f"{one.reference} was merged into {one.merged_into}.")
        if one.state == "withdrawn":
            raise Conflict(f"{one.reference} is withdrawn.")
    if folded_address(ticket.email) != folded_address(target.email):
        raise Conflict(ANOTHER_PERSON.format(reference=ticket.reference))
    if len(ticket.merged_tickets) + len(target.merged_tickets) + 1 > MOST_MERGED:
        raise Conflict(TOO_MANY)


def _received(ticket: LockedTicket, target: LockedTicket) -> Received:
    """What becomes of the target. Pure."""
    tags = list(dict.fromkeys([*target.tags, *ticket.tags]))
    opens = ticket.state not in AT_REST and target.state not in IN_QUEUE
    due = target.respond_by
    if ticket.state not in AT_REST and ticket.respond_by is not None:
        due = ticket.respond_by if due is None else min(due, ticket.respond_by)
    return Received(tags, due, opens)


def _receive(
    connection: Connection, target: LockedTicket, received: Received, actor: Actor, merged: str
) -> list[Event]:
    """Change the surviving ticket. Returns the event of its new state, if it has one."""
    line = actor.line("merged_from", facts={"from": merged})
    if not received.opens:
        values = {"reference": target.reference, "tags": list(received.tags), "respond_by": received.respond_by}
        connection.execute(_RECEIVE, values)
        append(connection, target.reference, line)
        return []
    to = Move("open", "merged", tags=received.tags, respond_by=received.respond_by)
    move(connection, target, to, line, Line("reopened_by_merge", facts={"from": target.state}))
    due = received.respond_by
    return [state_changed(target, "open", {"respond_by": due.isoformat() if due else None})]


def _brought(
    connection: Connection,
    ticket: LockedTicket,
    target: LockedTicket,
    received: Received,
    before: dict[str, Any],
) -> dict[str, Any]:
    """What unmerge takes back from the surviving ticket."""
    due = received.respond_by
    own = set(target.tags) - brought_tags(connection, target.reference)
    changes = received.opens or due != target.respond_by
    return {
        "tags": [tag for tag in ticket.tags if tag not in own],
        "proposed": propose_those_of(connection, ticket.reference, target.reference),
        "before": before if changes else None,
        "opened": received.opens,
        "version": target.version + 1 if received.opens else target.version,
        "respond_by": due.isoformat() if due else None,
    }


def _resolve(connection: Connection, ticket: LockedTicket, actor: Actor, into: str) -> list[Event]:
    """Resolve the merged ticket as a duplicate; one that is resolved stays so."""
    line = actor.line("merged", facts={"into": into})
    if ticket.state == "resolved":
        append(connection, ticket.reference, line)
        return []
    move(connection, ticket, Move("resolved", "merged"), line)
    return [state_changed(ticket, "resolved")]


def _told(
    ticket: LockedTicket, target: LockedTicket, followers: Sequence[LockedTicket], actor: Actor, silent: bool
) -> list[Event]:
    """An event for each ticket whose matter continues elsewhere now; the merged one's leads to the e-mail."""
    personal = {"email": target.email, "name": target.name}
    events = []
    for one in (ticket, *followers):
        told = event_payload(one, actor.principal, "resolved", into=target.reference)
        told |= {"silent": silent, "follows": one is not ticket, "into_key_number": target.key_number}
        # The e-mail is for the surviving ticket's address, and has no link of the merged one.
        del told["key_number"]
        events.append(ticket_merged(one.reference, one.correlation_id, told, personal))
    return events


class MergeBody(ActionBody):
    """Into which ticket it is merged."""

    into = fields.String(required=True, metadata={"description": "The reference of the surviving ticket."})
    silent = fields.Boolean(load_default=False, metadata={"description": "Send the requester no e-mail about it."})
    into_claim = fields.String(
        load_default=None, allow_none=True, metadata={"description": "Its claim, where both tickets are claimed."}
    )


def surviving(values: Facts) -> str:
    """The reference of the ticket to merge into, as `merge` reads it."""
    return str(values["into"]).strip().upper()


def _run(call: ActionCall) -> None:
    into, into_claim = surviving(call.values), call.values["into_claim"]
    if call.actor.source == "console":
        # Its form knows the claim of the ticket that it shows alone.
        into_claim = own_claims(call.connection, [into], call.actor.principal).get(into)
    merge(*call.target, into, bool(call.values["silent"]), into_claim)


ACTION = Action(
    name="merge",
    path="merge",
    title="Merge",
    key="=",
    summary="Merge the ticket into another one of the same requester; answers with that one",
    body=MergeBody,
    run=_run,
    kind="merged",
    words=lambda facts, _: f"merged it into {facts.get('into')}",
    done="The tickets are merged.",
    offered_in=("open", "claimed", "waiting", "held", "resolved"),
    shows=surviving,
)
