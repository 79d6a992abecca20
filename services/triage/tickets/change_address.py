"""Changes the e-mail address of a requester, the form in which it is searched, and the number of the ticket's keys."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.errors import TransientError
from shared.events.contracts import RecordedEvent
from shared.mail.addresses import in_ascii

_REBUILD = text("""
    insert into triage.search_pending (ticket) select ticket from triage.search where ticket = any(cast(:tickets as text[]))
""")

_STORE_NUMBER = text("""
    with stored as (
        update triage.tickets t set key_number = greatest(t.key_number, n.number)
        from (select ticket, max(number) as number
              from jsonb_to_recordset(cast(:numbers as jsonb)) as n (ticket text, number integer) group by ticket) as n
        where t.reference = n.ticket
        returning t.reference
    )
    select count(*) from stored
""")

_CHANGE = text("""
    with news as (
        select distinct on (ticket) *
        from jsonb_to_recordset(cast(:news as jsonb)) as n (ticket text, number bigint, email text, folded text, key_number integer)
        order by ticket, number desc
    ), lines as (
        insert into triage.timeline (ticket, kind)
        select t.reference, 'address_changed' from triage.tickets t join news on news.ticket = t.reference where t.email <> news.email
    ), changed as (
        update triage.tickets t set email = news.email, key_number = greatest(t.key_number, news.key_number)
        from news where t.reference = news.ticket returning t.reference
    ), found as (
        update triage.search s set email = news.folded from news where s.ticket = news.ticket
    )
    select count(*) from changed
""")


def change_address(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Store the new addresses of RequesterAddressChanged events. Raises TransientError for a ticket that is not routed yet."""
    changed = connection.execute(_CHANGE, {"news": json.dumps([_news(event) for event in events])}).scalar_one()
    if changed < len({event.ticket for event in events}):
        raise TransientError("a ticket whose address changed is not routed yet")


def store_key_number(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Store the numbers of TicketKeysRenewed events. Raises TransientError for a ticket that is not routed yet."""
    numbers = [{"ticket": event.ticket, "number": int(event.payload["key_number"])} for event in events]
    stored = connection.execute(_STORE_NUMBER, {"numbers": json.dumps(numbers)}).scalar_one()
    if stored < len({event.ticket for event in events}):
        raise TransientError("a ticket whose keys were renewed is not routed yet")


def rebuild_address(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Have the search rows of RequesterAddressRebuilt events written again; a ticket without one gets it in today's form anyway."""
    connection.execute(_REBUILD, {"tickets": [str(event.ticket) for event in events]})


def _news(event: RecordedEvent) -> dict[str, object]:
    email = str(event.personal["email"])
    return {
        "ticket": event.ticket,
        "number": event.id,
        "email": email,
        "folded": in_ascii(email).lower(),
        "key_number": event.payload.get("key_number"),
    }
