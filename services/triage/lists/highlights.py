"""The excerpts in which a search found its words, for the tickets of a page."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from services.triage.search.highlight import excerpts, wanted_of
from services.triage.search.query import Query

# Of each ticket the newest messages are looked through, the newest first, and what was submitted.
_TEXTS = text("""
    select t.reference, t.subject, t.message, t.name, t.username, t.email,
           array(select left(l.message, 20000) from triage.timeline l
                 where l.ticket = any(t.reference || t.merged_tickets) and l.message <> '' order by l.id desc limit 20)
           || array(select m.message from triage.tickets m where m.reference = any(t.merged_tickets)) as messages
    from triage.tickets t where t.reference = any(:references)
""")


def read_highlights(connection: Connection, query: Query, references: Sequence[str]) -> Mapping[str, list[str]] | None:
    """HTML by reference, the words marked and everything else escaped; None where the search asks for no words."""
    wanted = wanted_of(query)
    if wanted is None:
        return None
    rows = connection.execute(_TEXTS, {"references": list(references)})
    return {
        row.reference: excerpts((row.subject, row.message, *row.messages, row.name, row.username, row.email), wanted)
        for row in rows
    }
