"""What an open page of a ticket announces: who wrote since."""

from sqlalchemy import Connection, text

ANY_NEWS = "This ticket has news"

_WRITTEN = text("""
    select l.kind, coalesce(l.by, nullif(t.name, ''), 'The requester') as who
    from triage.timeline l join triage.tickets t on t.reference = l.ticket
    where l.ticket = :reference and l.id > :after and l.message <> '' and l.kind = any(:kinds)
    order by l.id desc limit 1
""")
_WORDS = {
    "followed_up": "wrote again",
    "replied": "answered",
    "information_requested": "asked for evidence",
    "disapproved": "disapproved it",
    "resolved": "resolved it",
    "noted": "wrote an internal note",
}


def news_words(connection: Connection, reference: str, after: int) -> str:
    """The newest message after the line `after` as a sentence, or that there is news. The caller checked who may read it."""
    values = {"reference": reference, "after": after, "kinds": list(_WORDS)}
    row = connection.execute(_WRITTEN, values).first()
    return f"{row.who} {_WORDS[row.kind]}" if row else ANY_NEWS
