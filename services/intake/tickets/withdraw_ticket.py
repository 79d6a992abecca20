"""Withdraw a ticket for its requester."""

from sqlalchemy import text

from services.intake.deps import Deps
from services.intake.tickets.access import find_ticket
from services.intake.tickets.view_ticket import Ticket, ticket_of
from shared.errors import Conflict
from shared.events.contracts import ticket_withdrawn
from shared.events.log import record

RESOLVED = "This ticket is resolved already."

_WITHDRAW = text("""
    update intake.submissions set status = 'withdrawn', status_event = :event where reference = :reference
""")


def withdraw_ticket(deps: Deps, reference: str, key: str, correlation_id: str) -> Ticket:
    """The ticket, withdrawn; a second call changes nothing. Raises NotFound, Conflict for a resolved one."""
    secret = deps.settings.secret
    with deps.engine.begin() as connection:
        opened = find_ticket(connection, secret, reference, key, lock=True)
        row = opened.row
        if row.status == "resolved":
            raise Conflict(RESOLVED)
        if row.status != "withdrawn":
            [event] = record(connection, [ticket_withdrawn(reference, correlation_id)])
            connection.execute(_WITHDRAW, {"reference": reference, "event": event})
            opened = find_ticket(connection, secret, reference, key)
        return ticket_of(connection, opened)
