"""Sends the messages whose files are checked by now, and stops those with a quarantined file."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.owners.reservations import reserved_until
from services.triage.routing.restart_deadline import restarted
from services.triage.rulesets.stored import StoredRulesets
from services.triage.tickets.lock import LockedTicket, Move, lock_ticket, move
from services.triage.tickets.timeline import Line, append
from services.triage.uploads.attach_uploads import MessageFiles, files_of_entry
from shared.events.contracts import Event, ticket_state_changed
from shared.events.log import record

# The states that an agent's message leaves a ticket in where nobody looks at it.
OUT_OF_SIGHT = ("waiting", "resolved")

_NEXT = text("""
    delete from triage.unsent_messages where entry = (
        select entry from triage.unsent_messages m
        where not_before <= statement_timestamp()
          and not exists (select from triage.attachments a where a.ticket = m.ticket and a.entry = m.entry and a.state = 'pending')
        order by not_before, entry limit 1 for update skip locked)
    returning entry, ticket, version, event
""")


def send_checked_messages(connection: Connection, rulesets: StoredRulesets, reservation_minutes: float) -> bool:
    """Send or stop one message, the oldest that is due and whose files are all checked; False where there is none.

    A stopped message is never sent. The timeline tells it, and a ticket that it left waiting or resolved is open again, reserved for its
    owner: the requester has got nothing.
    """
    row = connection.execute(_NEXT).one_or_none()
    if row is None:
        return False
    ticket = lock_ticket(connection, row.ticket)
    files = files_of_entry(connection, row.ticket, row.entry)
    if files.quarantined:
        _stop(connection, rulesets, ticket, row, files, reservation_minutes)
    else:
        record(connection, [_event(row, ticket, files)])
    return True


def _event(row: Row[Any], ticket: LockedTicket, files: MessageFiles) -> Event:
    """The message's event with the files as they are now. Its requester may have another address since."""
    kept: Mapping[str, Any] = row.event
    return Event(
        type=kept["type"],
        ticket=row.ticket,
        payload={**kept["payload"], "attachments": files.payload()},
        correlation_id=kept["correlation_id"],
        personal={**kept["personal"], "email": ticket.email, "name": ticket.name},
        event_id=UUID(kept["event_id"]),
    )


def _stop(
    connection: Connection,
    rulesets: StoredRulesets,
    ticket: LockedTicket,
    row: Row[Any],
    files: MessageFiles,
    reservation_minutes: float,
) -> None:
    facts = {"entry": row.entry, "files": [str(file.id) for file in files.quarantined]}
    line = Line("message_stopped", facts=facts)
    if ticket.state not in OUT_OF_SIGHT or ticket.version != row.version:
        append(connection, ticket.reference, line)
        return
    ruleset = rulesets.active(connection).compiled
    due = restarted(ruleset, ticket)
    reserved = reserved_until(connection, ruleset, ticket, reservation_minutes, due)
    move(connection, ticket, Move("open", "message_stopped", respond_by=due, reserved_until=reserved), line)
    payload = {"state": "open", "team": ticket.team, "respond_by": due.isoformat() if due else None}
    record(connection, [ticket_state_changed(ticket.reference, ticket.correlation_id, payload)])
