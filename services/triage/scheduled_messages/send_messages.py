"""Sends a scheduled message, or stops it where it no longer fits."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from services.triage.actions.access import Actor, NewerMessages
from services.triage.actions.action import Action, ActionCall
from services.triage.rulesets.stored import StoredRulesets
from services.triage.scheduled_messages.carry_out import Applied, carry_out
from services.triage.scheduled_messages.stop_message import stop_message
from services.triage.tickets.lock import LockedTicket, lock_ticket
from services.triage.uploads.attach_uploads import FIELD
from shared.auth.principal import Principal
from shared.auth.users import find_principal_by_id
from shared.errors import Conflict, Forbidden, NotFound, Unprocessable, UseCaseError
from shared.runtime.logs import logger
from shared.storage.database import is_transient

SENT_ALREADY = "This message is sent, or cancelled, by now."

# Locks the ticket before the message, as everybody does. A ticket that is locked waits for the next run.
_NEXT = text("""
    select m.id, m.ticket from triage.scheduled_messages m join triage.tickets t on t.reference = m.ticket
    where m.state = 'scheduled' and m.due_at <= statement_timestamp()
    order by m.due_at limit 1 for update of t skip locked
""")
_LOCK = text("select * from triage.scheduled_messages where id = :id and state = 'scheduled' for update")
_TICKET = text("select ticket from triage.scheduled_messages where id = :id")
_DELETE = text("delete from triage.scheduled_messages where id = :id")
_CLAIM = text("select version, ended_how from triage.claims where id = :id")

log = logger(__name__)


def send_due_message(connection: Connection, actions: Sequence[Action], rulesets: StoredRulesets) -> bool:
    """Send or stop the message that is due longest; False where there is none.

    Its row is deleted in the transaction that runs its action, so it runs once.
    """
    due = connection.execute(_NEXT).one_or_none()
    if due is None:
        return False
    row = connection.execute(_LOCK, {"id": due.id}).one_or_none()
    if row is not None:
        _send(connection, actions, rulesets, row, lock_ticket(connection, due.ticket))
    return True


def send_now(
    connection: Connection, actions: Sequence[Action], rulesets: StoredRulesets, message: UUID, writer: Principal
) -> bool:
    """Send one's own message before its time; False where it no longer fits, and was stopped.

    Raises Conflict when it is no longer scheduled, Forbidden for another person's.
    """
    ticket, row = lock_message(connection, message)
    if row.writer != writer.id:
        raise Forbidden("Another person wrote this message.")
    return _send(connection, actions, rulesets, row, ticket)


def lock_message(connection: Connection, message: UUID) -> tuple[LockedTicket, Row[Any]]:
    """Lock a scheduled message and its ticket. Raises Conflict where it is sent, stopped or unknown."""
    reference = connection.execute(_TICKET, {"id": message}).scalar_one_or_none()
    if reference is None:
        raise Conflict(SENT_ALREADY)
    ticket = lock_ticket(connection, reference)
    row = connection.execute(_LOCK, {"id": message}).one_or_none()
    if row is None:
        raise Conflict(SENT_ALREADY)
    return ticket, row


def _send(
    connection: Connection,
    actions: Sequence[Action],
    rulesets: StoredRulesets,
    row: Row[Any],
    ticket: LockedTicket,
) -> bool:
    because = _try(connection, actions, rulesets, row, ticket)
    if because is not None:
        stop_message(connection, row.id, because)
    return because is None


def _try(
    connection: Connection,
    actions: Sequence[Action],
    rulesets: StoredRulesets,
    row: Row[Any],
    ticket: LockedTicket,
) -> str | None:
    """Run the action and delete the row; if it cannot run, why, with nothing done."""
    writer = find_principal_by_id(connection, row.writer)
    if writer is None:
        return "account_closed"
    action = next((action for action in actions if action.name == row.action), None)
    if action is None:
        return "error"
    content: Mapping[str, Any] = row.content
    try:
        with connection.begin_nested():
            call = ActionCall(
                connection, row.ticket, _actor(connection, row, ticket, writer), content["values"], rulesets
            )
            carry_out(action, call, Applied.from_document(content["applied"]))
            connection.execute(_DELETE, {"id": row.id})
    except UseCaseError as error:
        return _reason(error)
    except Exception as error:
        if isinstance(error, DBAPIError) and is_transient(error):
            raise
        # A message that always fails must not stop those behind it.
        log.error("scheduled message failed", message=str(row.id), ticket=row.ticket, exc_info=error)
        return "error"
    return None


def _reason(error: UseCaseError) -> str:
    if isinstance(error, NewerMessages):
        return "requester_wrote"
    if isinstance(error, Unprocessable) and FIELD in error.errors:
        return "files"
    if isinstance(error, Forbidden | NotFound):
        return "not_allowed"
    return "changed" if isinstance(error, Conflict | Unprocessable) else "error"


def _actor(connection: Connection, row: Row[Any], ticket: LockedTicket, writer: Principal) -> Actor:
    """A claim that ended by itself before a late worker came stops nothing, as long as nobody else has changed the ticket since."""
    if row.claim is not None and _ended_by_itself(connection, row.claim, ticket):
        return Actor(writer, None, None, row.seen, "console")
    return Actor(writer, row.claim, row.version, row.seen, "console")


def _ended_by_itself(connection: Connection, claim: UUID, ticket: LockedTicket) -> bool:
    if ticket.claim == claim:
        return ticket.lease_ended
    ended = connection.execute(_CLAIM, {"id": claim}).one_or_none()
    return (
        ended is not None
        and ended.ended_how == "expired"
        and ticket.state == "open"
        and ticket.version == ended.version + 1
    )
