"""Search: words in Swedish and English, beginnings of words, references, e-mail addresses; newest first."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.tickets.list_tickets import Wanted
from services.triage.tickets.rows import COLUMNS

MOST_WORDS = 12
_REFERENCE = re.compile(r"T-[0-9A-Z]{1,4}(-[0-9A-Z]{0,4})?", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_WORD = re.compile(r"[^\W_]+")

# A rare word is looked up in the index, a common one is soon met among the newest: the planner knows which, if it sees the words.
_SEE_THE_WORDS = text("set local plan_cache_mode = force_custom_plan")

_FILTER = """
    t.team = any(:teams) and t.state = any(:states) and (cast(:category as text) is null or t.category = :category)
"""
_BY_REFERENCE = text(f"""
    select {COLUMNS} from triage.tickets t
    where t.reference like :pattern and t.sequence < :before and {_FILTER} order by t.sequence desc limit :limit
""")
_BY_PERSON = text(f"""
    select {COLUMNS} from triage.search s join triage.tickets t on t.reference = s.ticket
    where s.email = :email and s.sequence < :before and {_FILTER} order by s.sequence desc limit :limit
""")
_BY_WORDS = f"""
    select {COLUMNS} from triage.search s join triage.tickets t on t.reference = s.ticket
    where s.vector @@ ({{words}}) and s.team = any(:teams) and s.sequence < :before and {_FILTER}
    order by s.sequence desc limit :limit
"""
_WORD_QUERY = (
    "(to_tsquery('simple', :prefix{0}) || plainto_tsquery('english', :word{0}) || plainto_tsquery('swedish', :word{0}))"
)


def search_tickets(connection: Connection, query: str, wanted: Wanted) -> Sequence[Row[Any]]:
    """The tickets that hold every word of `query` (up to MOST_WORDS count); one row more than `limit` if there are so many."""
    query = query.strip()
    parameters: dict[str, object] = {
        "teams": list(wanted.teams),
        "states": list(wanted.states),
        "category": wanted.category,
        "before": wanted.before,
        "limit": wanted.limit + 1,
    }
    if _REFERENCE.fullmatch(query):
        return connection.execute(_BY_REFERENCE, parameters | {"pattern": f"{query.upper()}%"}).all()
    if _ADDRESS.fullmatch(query):
        return connection.execute(_BY_PERSON, parameters | {"email": query.lower()}).all()
    words = _WORD.findall(query)[:MOST_WORDS]
    if not words:
        return []
    for number, word in enumerate(words):
        parameters |= {f"word{number}": word, f"prefix{number}": f"{word}:*"}
    together = " && ".join(_WORD_QUERY.format(number) for number in range(len(words)))
    connection.execute(_SEE_THE_WORDS)
    return connection.execute(text(_BY_WORDS.format(words=together)), parameters).all()
