"""Give a person's tickets to a colleague, or to nobody."""

from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.owners.set_owner import change_owner, find_owner
from services.triage.tickets.lock import lock_tickets
from shared.auth.principal import Principal
from shared.errors import Unprocessable

# At most so many in one transaction; the caller goes on while there are more.
STEP = 200
YOURS_ALREADY = "The tickets are yours already. Write the address of a colleague."
THEIRS_ALREADY = "The tickets are this person’s already. Write another address."

_UNFINISHED = text("""
    select reference, team from triage.tickets
    where owner = :person and state not in ('resolved', 'withdrawn') and team = any(:teams) order by sequence limit :step
""")
_CLOSED = text("""
    with given_up as (select reference from triage.tickets where owner = :person order by reference limit :step for update)
    update triage.tickets t set owner = null, reserved_until = null from given_up where t.reference = given_up.reference
""")


def reassign_tickets(
    connection: Connection, person: UUID, by: Principal, email: str | None, teams: tuple[str, ...]
) -> int:
    """Give up to STEP unfinished tickets of `person`, in teams that `by` may write to, to the owner of the address; None: nobody.

    Returns how many. Raises Unprocessable for somebody who may not read the tickets of all their teams, or for the person themselves.
    """
    writable = [team for team in teams if by.may_write(team)]
    rows = connection.execute(_UNFINISHED, {"person": person, "teams": writable, "step": STEP}).all()
    teams_of_tickets = sorted({row.team for row in rows})
    owner = find_owner(connection, email, *teams_of_tickets) if email and rows else None
    if owner is not None and owner.id == person:
        raise Unprocessable({"email": [YOURS_ALREADY if person == by.id else THEIRS_ALREADY]})
    for ticket in lock_tickets(connection, [row.reference for row in rows]).values():
        if ticket.owner == person and ticket.team in teams_of_tickets:
            change_owner(connection, ticket, by, owner)
    return len(rows)


def drop_ownership(connection: Connection, person: UUID) -> int:
    """Clear the owner of up to STEP tickets of a closed account, resolved ones too. Returns how many."""
    return connection.execute(_CLOSED, {"person": person, "step": STEP}).rowcount
