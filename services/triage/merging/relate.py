"""Links tickets that concern the same matter, such as those of two people."""

from sqlalchemy import Connection, text

from services.triage.actions.access import Actor, lock_for_action
from services.triage.tickets.linked_tickets import link_tickets
from services.triage.tickets.lock import lock_tickets
from services.triage.tickets.timeline import append
from shared.errors import Conflict, NotFound, Unprocessable

RELATED = "related"
MOST_RELATED = 50
UNKNOWN = "There is no such ticket."
ITSELF = "A ticket cannot be linked to itself."
TOO_MANY = f"A ticket has at most {MOST_RELATED} related ones."

_RELATED = text("""
    select case ticket when :reference then other else ticket end from triage.ticket_links
    where (ticket = :reference or other = :reference) and relation = 'related'
""")
_REMOVE = text("""
    delete from triage.ticket_links
    where relation = 'related' and (ticket = :reference and other = :to or ticket = :to and other = :reference)
""")


def relate(connection: Connection, reference: str, actor: Actor, to: str) -> None:
    """Link the ticket to `to`, in both directions. A link that is there stays the only one.

    Raises NotFound, Forbidden for a ticket that the actor may not change and a `to` that they may not read, Unprocessable for an unknown
    `to` and the ticket itself, Conflict for too many.
    """
    tickets = lock_tickets(connection, [reference, to])
    lock_for_action(connection, reference, actor, needs_claim=False, or_merged=True)
    if to not in tickets:
        raise Unprocessable({"to": [UNKNOWN]})
    actor.principal.require_read(tickets[to].team)
    if to == reference:
        raise Unprocessable({"to": [ITSELF]})
    if to in _related(connection, reference):
        return
    if max(len(_related(connection, one)) for one in (reference, to)) >= MOST_RELATED:
        raise Conflict(TOO_MANY)
    link_tickets(connection, [(reference, to, RELATED)])
    append(connection, reference, actor.line("related", facts={"to": to}))


def unrelate(connection: Connection, reference: str, actor: Actor, to: str) -> None:
    """Remove the link, whichever of both tickets it was made on.

    Raises NotFound for an unknown ticket or link, Forbidden for a ticket that the actor may not change.
    """
    lock_tickets(connection, [reference, to])
    lock_for_action(connection, reference, actor, needs_claim=False, or_merged=True)
    if connection.execute(_REMOVE, {"reference": reference, "to": to}).rowcount == 0:
        raise NotFound("There is no such link.")
    append(connection, reference, actor.line("unrelated", facts={"to": to}))


def _related(connection: Connection, reference: str) -> list[str]:
    return list(connection.execute(_RELATED, {"reference": reference}).scalars())
