"""Read what a conversation is made of: that of a ticket and, for the mailed key, of those that were merged into it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake.conversation.entries import Told
from shared.ticket_keys import KeyKind

# The teams merge tickets of one address. Another one since then has not shown that the merged tickets are its own.
IS_MERGED = "m.merged_into = :reference and m.address = :address and m.personal is not null"
_MERGED = text(f"select m.* from intake.submissions m where {IS_MERGED} order by m.submitted_at limit 50")
# A row of 0.1.0 names no source: a mail's content is its fingerprint.
_FOLLOW_UPS = text("""
    select f.reference, f.id, f.sent_at, f.personal, f.automatic,
           coalesce(f.source, (select 'email' from intake.inbound_mails m where m.fingerprint = f.content limit 1), 'form') as source
    from intake.follow_ups f where f.reference = any(:references) order by f.sent_at, f.id
""")
_FILES = text("""
    select reference, id, follow_up, name, media_type, size, state, frames from intake.attachments
    where reference = any(:references) order by added_at, id
""")
_ANSWERS = text("""
    select a.event_id, a.reference, a.kind, a.at, a.codes, a.files, a.personal, a.source
    from intake.answers a join intake.submissions s using (reference)
    where a.reference = any(:references)
      and a.at > coalesce(greatest(s.answers_shown_from, cast(:shown_from as timestamptz)), '-infinity') order by a.event
""")


def read_told(connection: Connection, row: Row[Any], key: KeyKind) -> Sequence[Told]:
    """Of the ticket in a submission's row, first, and of the merged ones that its key shows."""
    submissions = [row, *(_merged(connection, row) if key == "mailed" and row.has_merged else ())]
    values = {"references": [one.reference for one in submissions], "shown_from": row.answers_shown_from}
    found = [_by_ticket(connection.execute(query, values)) for query in (_FOLLOW_UPS, _FILES, _ANSWERS)]
    return [Told(row.reference, one, *(rows[one.reference] for rows in found)) for one in submissions]


def _merged(connection: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    return connection.execute(_MERGED, {"reference": row.reference, "address": row.address}).all()


def _by_ticket(rows: Any) -> dict[str, list[Row[Any]]]:
    found = defaultdict(list)
    for row in rows:
        found[row.reference].append(row)
    return found
