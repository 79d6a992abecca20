"""Writes the search rows of new and changed tickets, apart from the transactions that change them."""

import json

from sqlalchemy import Connection, text

from shared.mail.addresses import in_ascii

# 0.1 to 0.25 ms a ticket and text search configuration, so that a step takes less than a second.
STEP = 500

_PENDING = text("""
    with pending as (
        delete from triage.search_pending where ctid = any(array(
            select ctid from triage.search_pending limit :step for update skip locked))
        returning ticket
    )
    select reference, email from triage.tickets where reference in (select ticket from pending)
""")

# All texts are indexed as Swedish, as English and unstemmed: a ticket's language is only guessed, and names have no stem. The timeline's
# messages are included.
_FILL = text("""
    with texts as (
        select t.reference, t.sequence, t.team, t.category, pending.email,
               concat_ws(' ', t.subject, t.name, t.username, t.email, t.message,
                         (select string_agg(l.message, ' ') from triage.timeline l where l.ticket = t.reference)) as words
        from jsonb_to_recordset(cast(:pending as jsonb)) as pending (ticket text, email text)
        join triage.tickets t on t.reference = pending.ticket
    )
    insert into triage.search (ticket, sequence, team, email, category, vector)
    select reference, sequence, team, email, category,
           -- The parser takes an address as one word; split, its parts are found too.
           -- Without the words' positions, which are a third of a row: no search asks for words in their order.
           strip(to_tsvector('simple', translate(left(words, 200000), '@./:-_?=&#', '          '))
                 || to_tsvector('english', left(words, 200000)) || to_tsvector('swedish', left(words, 200000)))
           -- Team and category: see search_tickets.
           || array_to_tsvector(array['=' || team, '#' || category])
    from texts
    on conflict (ticket) do update set team = excluded.team, email = excluded.email, vector = excluded.vector
""")

_WAITING = text("select exists (select from triage.search_pending)")


def fill_search(connection: Connection) -> bool:
    """Write up to STEP rows. Returns whether there are more."""
    pending = connection.execute(_PENDING, {"step": STEP})
    rows = [{"ticket": row.reference, "email": in_ascii(row.email).lower()} for row in pending]
    connection.execute(_FILL, {"pending": json.dumps(rows)})
    waiting: bool = connection.execute(_WAITING).scalar_one()
    return waiting
