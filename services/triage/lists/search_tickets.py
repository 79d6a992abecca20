"""Searches tickets by words in Swedish and English, beginnings of words, references and e-mail addresses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.lists.filters import Wanted
from services.triage.lists.sorted_tickets import MOST_ORDERED, ORDERS, Sort
from services.triage.tickets.rows import COLUMNS
from shared.mail.addresses import in_ascii

MOST_WORDS = 12
_REFERENCE = re.compile(r"T-[0-9A-Z]{1,4}(-[0-9A-Z]{0,4})?", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_WORD = re.compile(r"[^\W_]+")

# Common words are found among the newest tickets without the index, rare ones need it. The planner estimates every prefix as common
# and would scan everything, so the two statements run one after the other.
NEWEST_SCANNED = 5_000
# A generic plan would assume that the words are in most rows.
_CUSTOM_PLAN = text("set local plan_cache_mode = force_custom_plan")

_FILTER = "t.team = any(:teams) and t.state = any(:states) {more}"
_BY_REFERENCE = f"""
    select {{columns}} from triage.tickets t
    where t.reference like :pattern and t.sequence < :before and {_FILTER} order by t.sequence desc limit :limit
"""
_BY_PERSON = f"""
    select {{columns}} from triage.search s join triage.tickets t on t.reference = s.ticket
    where s.email = :email and s.sequence < :before and {_FILTER} order by s.sequence desc limit :limit
"""
_AMONG_NEWEST = f"""
    select {{columns}} from (
        select ticket, sequence, vector from triage.search where sequence < :before order by sequence desc limit :scanned
    ) s join triage.tickets t on t.reference = s.ticket
    where s.vector @@ {{words}} and {_FILTER} order by s.sequence desc limit :limit
"""
_AMONG_ALL = f"""
    with found as materialized (
        select ticket, sequence, vector from triage.search
        where vector @@ ({{words}} && cast(:scope as tsquery)) and sequence < :before
    )
    select {{columns}} from found s join triage.tickets t on t.reference = s.ticket
    where {_FILTER} order by s.sequence desc limit :limit
"""
# PostgreSQL splits a word such as 1e5x and asks for its parts in a row; a search row does not hold positions, so any order will do.
_WORD_QUERY = (
    "(cast(replace(cast(to_tsquery('simple', :prefix{0}) as text), '<->', '&') as tsquery)"
    " || plainto_tsquery('english', :word{0}) || plainto_tsquery('swedish', :word{0}))"
)


def search_tickets(connection: Connection, query: str, wanted: Wanted) -> Sequence[Row[Any]]:
    """The tickets with all words of `query` (the first MOST_WORDS), newest first, up to `limit` + 1 rows as in list_tickets."""
    return _found(connection, query, wanted, COLUMNS, COLUMNS)


def search_sorted(
    connection: Connection, query: str, wanted: Wanted, sort: Sort, skipped: int = 0
) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 of the newest MOST_ORDERED matches in the order `sort`, from behind the first `skipped`."""
    newest = replace(wanted, limit=MOST_ORDERED - 1)
    keys = _found(
        connection, query, newest, "t.reference, 0 as rank", "t.reference, ts_rank(s.vector, {words}) as rank"
    )
    statement = text(f"""
        select {COLUMNS} from unnest(cast(:references as text[]), cast(:ranks as real[])) as k (reference, rank)
        join triage.tickets t using (reference) order by {ORDERS[sort]} limit :limit offset :skipped
    """)
    values = {"references": [key.reference for key in keys], "ranks": [key.rank for key in keys], "skipped": skipped}
    return connection.execute(statement, values | {"limit": wanted.limit + 1}).all()


def _found(
    connection: Connection, query: str, wanted: Wanted, columns: str, columns_with_words: str
) -> Sequence[Row[Any]]:
    query = query.strip()
    parameters = wanted.parameters
    if _REFERENCE.fullmatch(query):
        by_reference = text(_BY_REFERENCE.format(columns=columns, more=wanted.more))
        return connection.execute(by_reference, parameters | {"pattern": f"{query.upper()}%"}).all()
    if _ADDRESS.fullmatch(query):
        by_person = text(_BY_PERSON.format(columns=columns, more=wanted.more))
        return connection.execute(by_person, parameters | {"email": in_ascii(query).lower()}).all()
    words = _WORD.findall(query)[:MOST_WORDS]
    if not words or not wanted.teams:
        return []
    parameters["scope"] = _scope(wanted)
    for number, word in enumerate(words):
        parameters |= {f"word{number}": word, f"prefix{number}": f"{word}:*"}
    together = f"({' && '.join(_WORD_QUERY.format(number) for number in range(len(words)))})"
    shown = columns_with_words.replace("{words}", together)
    return _by_words(connection, {"words": together, "more": wanted.more, "columns": shown}, parameters)


def _by_words(connection: Connection, parts: Mapping[str, str], parameters: Mapping[str, object]) -> Sequence[Row[Any]]:
    connection.execute(_CUSTOM_PLAN)
    common = text(_AMONG_NEWEST.format(**parts))
    rows = connection.execute(common, {**parameters, "scanned": NEWEST_SCANNED}).all()
    if len(rows) == parameters["limit"]:
        return rows
    return connection.execute(text(_AMONG_ALL.format(**parts)), parameters).all()


def _scope(wanted: Wanted) -> str:
    """A tsquery for teams and category. fill_search adds both to the vector, with a prefix that no word of a text has, so that the index
    alone finds the matches of a small team."""
    teams = " | ".join(_lexeme("=", team) for team in wanted.teams)
    return f"({teams}) & {_lexeme('#', wanted.category)}" if wanted.category else f"({teams})"


def _lexeme(sign: str, name: str) -> str:
    quoted = name.replace("\\", "\\\\").replace("'", "''")
    return f"'{sign}{quoted}'"
