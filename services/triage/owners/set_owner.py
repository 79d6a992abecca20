"""Give a ticket to a person, or to nobody."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.tickets.lock import LockedTicket, lock_ticket
from services.triage.tickets.timeline import Line, append
from shared.auth.principal import Principal
from shared.auth.users import find_principal_by_id, find_user
from shared.errors import Conflict, NotFound, Unprocessable
from shared.events.contracts import ticket_changed
from shared.events.log import record

# A reservation was for the owner before.
_SET = text("update triage.tickets set owner = :owner, reserved_until = null where reference = :reference")


def set_owner(connection: Connection, reference: str, by: Principal, email: str | None) -> None:
    """Make the person with this address the ticket's owner; None: nobody. Whoever has claimed the ticket keeps the claim.

    Raises NotFound, Forbidden for another team's ticket, Conflict for a merged one, Unprocessable for one who has no open account, is no
    person, or may not read the ticket.
    """
    ticket = lock_ticket(connection, reference)
    by.require_write(ticket.team)
    if ticket.merged_into is not None:
        raise Conflict(f"The ticket was merged into {ticket.merged_into}.")
    owner = None if email is None else find_owner(connection, email, ticket.team)
    change_owner(connection, ticket, by, owner)


def change_owner(connection: Connection, ticket: LockedTicket, by: Principal, owner: Principal | None) -> None:
    """Store the owner of a locked ticket, with a timeline entry; nothing where it stays the same."""
    new = owner.id if owner else None
    if new == ticket.owner:
        return
    connection.execute(_SET, {"owner": new, "reference": ticket.reference})
    line = Line("owner_changed", by.name, by.id, facts={"owner": owner.name if owner else None})
    append(connection, ticket.reference, line)
    ids: list[str | None] = [str(one) if one else None for one in (ticket.owner, new)]
    payload = {"team": ticket.team, "by": by.name, "owner": ids}
    record(connection, [ticket_changed(ticket.reference, ticket.correlation_id, payload)])


def find_owner(connection: Connection, email: str, *teams: str) -> Principal:
    """The person with this address, who may own tickets of all these teams. Raises Unprocessable, which names the others."""
    try:
        account: UUID = find_user(connection, email).id
    except NotFound as error:
        raise _not_an_owner(teams) from error
    person = find_principal_by_id(connection, account)
    if person is None or not person.is_person:
        raise _not_an_owner(teams)
    if closed := [team for team in teams if not person.may_read(team)]:
        raise _not_an_owner(closed)
    return person


def _not_an_owner(teams: Sequence[str]) -> Unprocessable:
    whose = f"the team {teams[0]}" if len(teams) == 1 else f"the teams {', '.join(teams)}"
    return Unprocessable({"email": [f"Not a person with an open account who may read tickets of {whose}."]})
