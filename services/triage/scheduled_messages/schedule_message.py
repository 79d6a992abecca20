"""Keeps a message to the requester, to send it a few seconds later or at a time that its writer chose."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from uuid_utils.compat import uuid7

from services.triage.actions.action import Action, ActionCall
from services.triage.scheduled_messages.carry_out import Applied, carry_out
from services.triage.tickets.lock import LockedTicket, Move, lock_ticket, move
from services.triage.tickets.timeline import append
from services.triage.uploads.attach_uploads import FIELD

# A claim lasts at least so long after the time of sending, for a worker that comes late.
LEASE_AFTERWARDS = timedelta(minutes=2)

# A file of a form that is sent twice is uploaded twice, so of one that shows its line the files are not compared.
_FIND = text("""
    select id from triage.scheduled_messages
    where ticket = :ticket and writer = :writer and action = :action and state = 'scheduled'
      and line is not distinct from :line
      and case when line is null then content = cast(:content as jsonb)
          else content #- '{values,attachments}' = cast(:content as jsonb) #- '{values,attachments}' end
""")
_INSERT = text("""
    insert into triage.scheduled_messages (
        id, ticket, writer, writer_name, action, content, uploads, kind, claim, version, seen, line, due_at)
    values (:id, :ticket, :writer, :writer_name, :action, cast(:content as jsonb), cast(:uploads as uuid[]), :kind, :claim, :version,
        :seen, :line, :due_at)
""")
_EXTEND = text("""
    with extended as (
        update triage.claims set lease_expires_at = :until where id = :claim and ended_at is null and lease_expires_at < :until
        returning ticket
    )
    update triage.tickets t set lease_expires_at = :until from extended where t.reference = extended.ticket
""")
_OWN = text("update triage.tickets set owner = coalesce(cast(:owner as uuid), owner) where reference = :reference")


@dataclass(frozen=True)
class Plan:
    """When to send. `at`: None is after `undo_seconds`; `line`: the newest timeline entry that the writer's page showed."""

    undo_seconds: float
    at: datetime | None = None
    line: int | None = None


def schedule_message(action: Action, call: ActionCall, applied: Applied, plan: Plan) -> UUID:
    """Returns the id. The same form sent again returns the first one's.

    The action is tried first, so that whatever it raises is raised now, and the ticket then stays as it was. Sent within seconds, the
    claim lasts until then; sent later, it ends: the writer owns the ticket, which is reserved for them until then.
    """
    connection, actor = call.connection, call.actor
    ticket = lock_ticket(connection, call.reference)
    content = json.dumps({"values": dict(call.values), "applied": applied.as_document()}, sort_keys=True)
    values = {
        "ticket": ticket.reference,
        "writer": actor.principal.id,
        "action": action.name,
        "content": content,
        "line": plan.line,
    }
    found: UUID | None = connection.execute(_FIND, values).scalar_one_or_none()
    if found is not None:
        return found
    _try(action, call, applied)
    claim, version = actor.claim, actor.version
    if plan.at is None:
        due_at = ticket.now + timedelta(seconds=plan.undo_seconds)
        connection.execute(_EXTEND, {"claim": claim, "until": due_at + LEASE_AFTERWARDS})
    else:
        due_at = plan.at
        claim, version = None, _give_up(call, action, ticket, due_at)
    identity = uuid7()
    made = {
        "id": identity,
        "writer_name": actor.principal.name,
        "uploads": [str(upload) for upload in call.values.get(FIELD) or ()],
        "kind": "undo" if plan.at is None else "later",
        "claim": claim,
        "version": version,
        "seen": actor.seen,
        "due_at": due_at,
    }
    connection.execute(_INSERT, {**values, **made})
    return identity


def _try(action: Action, call: ActionCall, applied: Applied) -> None:
    """Run the action, and undo it."""
    attempt = call.connection.begin_nested()
    try:
        carry_out(action, call, applied)
    finally:
        attempt.rollback()


def _give_up(call: ActionCall, action: Action, ticket: LockedTicket, due_at: datetime) -> int:
    """End the claim of a message that is sent later, and tell the timeline. Returns the ticket's version then."""
    connection, actor = call.connection, call.actor
    owner = actor.principal.id if actor.is_person else None
    line = actor.line("message_scheduled", facts={"until": due_at.isoformat(), "action": action.name})
    if ticket.state not in ("claimed", "open"):
        append(connection, ticket.reference, line)
        connection.execute(_OWN, {"reference": ticket.reference, "owner": owner})
        return ticket.version
    to = Move(
        "open",
        "scheduled",
        respond_by=ticket.respond_by,
        owner=owner,
        reserved_until=_reserved_until(ticket, due_at) if owner else None,
    )
    move(connection, ticket, to, line)
    return lock_ticket(connection, ticket.reference).version


def _reserved_until(ticket: LockedTicket, due_at: datetime) -> datetime | None:
    """Nobody else claims it before, unless it is urgent or its answer is overdue by then."""
    if ticket.priority == "urgent":
        return None
    until = min(due_at, ticket.respond_by or due_at)
    return until if until > ticket.now else None
