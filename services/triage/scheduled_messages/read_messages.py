"""The scheduled messages and drafts of a ticket, and of a person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.auth.principal import Principal

MOST_OF_TICKET = 20
MOST_OF_PERSON = 100

# Others see no draft that its writer cancelled.
_OF_TICKET = text(f"""
    select * from triage.scheduled_messages
    where ticket = :ticket and (state = 'scheduled' or writer = :reader or because is not null)
    order by due_at, id limit {MOST_OF_TICKET}
""")
# What was not sent is told to the ticket's owner, too.
_OF_PERSON = text(f"""
    with own as (
        select id from triage.scheduled_messages where writer = :person order by created_at desc limit {MOST_OF_PERSON}
    ), of_own_tickets as (
        select m.id from triage.tickets t join triage.scheduled_messages m on m.ticket = t.reference
        where t.owner = :person and t.state not in ('resolved', 'withdrawn') and m.because is not null limit {MOST_OF_PERSON}
    )
    select m.*, t.subject, t.category, t.team from triage.scheduled_messages m join triage.tickets t on t.reference = m.ticket
    where m.id in (select id from own union select id from of_own_tickets) and t.team = any(:teams) order by m.due_at, m.id
""")
_IS_SCHEDULED = text("""
    select exists (select from triage.scheduled_messages where id = :id and ticket = :ticket and state = 'scheduled')
""")


def is_scheduled(connection: Connection, reference: str, message: UUID) -> bool:
    """Whether it is still to be sent."""
    found: bool = connection.execute(_IS_SCHEDULED, {"id": message, "ticket": reference}).scalar_one()
    return found


def messages_of_ticket(connection: Connection, reference: str, reader: Principal) -> Sequence[Row[Any]]:
    """Those that are scheduled, and the drafts that `reader` sees, by their time."""
    return connection.execute(_OF_TICKET, {"ticket": reference, "reader": reader.id}).all()


def messages_of_person(connection: Connection, person: Principal, teams: Sequence[str]) -> Sequence[Row[Any]]:
    """Those that the person wrote, and drafts about tickets that they own, with the ticket's subject, category and team."""
    return connection.execute(_OF_PERSON, {"person": person.id, "teams": list(teams)}).all()
