"""Changes the e-mail address of a requester whom our e-mail did not reach."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.errors import TransientError
from shared.events.contracts import RecordedEvent

_CHANGE = text("""
    with news as (
        select distinct on (ticket) * from jsonb_to_recordset(cast(:news as jsonb)) as n (ticket text, number bigint, email text)
        order by ticket, number desc
    ), lines as (
        insert into triage.timeline (ticket, kind)
        select t.reference, 'address_changed' from triage.tickets t join news on news.ticket = t.reference where t.email <> news.email
    ), changed as (
        update triage.tickets t set email = news.email from news where t.reference = news.ticket returning t.reference
    ), found as (
        update triage.search s set email = lower(news.email) from news where s.ticket = news.ticket
    )
    select count(*) from changed
""")


def change_address(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Store the new addresses of RequesterAddressChanged events. Raises TransientError for a ticket that is not routed yet."""
    news = [{"ticket": event.ticket, "number": event.id, "email": event.personal["email"]} for event in events]
    changed = connection.execute(_CHANGE, {"news": json.dumps(news)}).scalar_one()
    if changed < len({event.ticket for event in events}):
        raise TransientError("a ticket whose address changed is not routed yet")
