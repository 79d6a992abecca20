"""Record in which ticket the matter of another one continues, as the teams merge and separate them."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from shared.errors import TransientError
from shared.events.contracts import RecordedEvent

# A change of the surviving ticket's address that was begun with the receipt's key lapses: the page by the link in our e-mails shows more
# from now on.
_RECORD = text("""
    with news as (
        select distinct on (reference) *
        from jsonb_to_recordset(cast(:news as jsonb)) as news (reference text, event bigint, into_ticket text)
        order by reference, event desc
    ), lapsed as (
        delete from intake.address_changes c using news
        where c.reference = news.into_ticket and c.opened_by = 'receipt' and c.confirmed_at is null
    )
    update intake.submissions s set merged_into = news.into_ticket, merge_event = news.event
    from news where s.reference = news.reference and coalesce(s.merge_event, 0) < news.event
""")
_KNOWN = text("select count(*) from intake.submissions where reference = any(cast(:references as text[]))")


def record_merges(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Handle TicketMerged and TicketUnmerged; an older event that comes late changes nothing.

    Raises TransientError for a ticket that an agent opened and that is not recorded here yet.
    """
    news: list[dict[str, Any]] = [
        {"reference": event.ticket, "event": event.id, "into_ticket": event.payload.get("into")} for event in events
    ]
    updated = connection.execute(_RECORD, {"news": json.dumps(news)}).rowcount
    references = {one["reference"] for one in news}
    if updated < len(references):
        known = connection.execute(_KNOWN, {"references": list(references)}).scalar_one()
        if known < len(references):
            raise TransientError("a ticket is not recorded yet")
