"""Finds the tickets that a search asks for: see `services.triage.search` for its language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.lists.filters import Wanted
from services.triage.lists.run_search import Search
from services.triage.lists.search_conditions import OF_LIST, conditions_of
from services.triage.lists.sorted_tickets import MOST_ORDERED, ORDERS, Sort
from services.triage.search.parse import parse_query
from services.triage.search.query import Query, Words
from services.triage.tickets.rows import COLUMNS
from shared.auth.principal import Principal

_REFERENCE = re.compile(r"T-[0-9A-Z]{1,4}(-[0-9A-Z]{0,4})?", re.IGNORECASE | re.ASCII)

_BY_REFERENCE = f"""
    select {{columns}} from triage.tickets t
    where t.reference like :pattern and t.sequence < :before and {OF_LIST} {{more}} order by t.sequence desc limit :limit
"""


@dataclass(frozen=True)
class Count:
    """How many tickets match; where `exact` is false there are more than `value`."""

    value: int
    exact: bool


def search_tickets(
    connection: Connection, query: str | Query, wanted: Wanted, reader: Principal | None = None
) -> Sequence[Row[Any]]:
    """The tickets that fulfil `query`, newest first, up to `limit` + 1 rows as in list_tickets. `reader`: whom `owner:me` means.

    Raises BadQuery for an unknown key or a bad value.
    """
    return _found(connection, query, wanted, reader, COLUMNS, COLUMNS)


def search_references(
    connection: Connection, query: str | Query, wanted: Wanted, reader: Principal | None = None
) -> list[str]:
    """As search_tickets, but only the references."""
    return [row.reference for row in _found(connection, query, wanted, reader, "t.reference", "t.reference")]


def search_sorted(
    connection: Connection,
    query: str | Query,
    wanted: Wanted,
    sort: Sort,
    skipped: int = 0,
    reader: Principal | None = None,
) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 of the newest MOST_ORDERED matches in the order `sort`, from behind the first `skipped`. Raises BadQuery."""
    newest = replace(wanted, limit=MOST_ORDERED - 1)
    ranked = "t.reference, ts_rank(s.vector, {words}) as rank" if sort == "relevance" else "t.reference, 0 as rank"
    keys = _found(connection, query, newest, reader, "t.reference, 0 as rank", ranked)
    statement = text(f"""
        select {COLUMNS} from unnest(cast(:references as text[]), cast(:ranks as real[])) as k (reference, rank)
        join triage.tickets t using (reference) order by {ORDERS[sort]} limit :limit offset :skipped
    """)
    values = {"references": [key.reference for key in keys], "ranks": [key.rank for key in keys], "skipped": skipped}
    return connection.execute(statement, values | {"limit": wanted.limit + 1}).all()


def count_matches(
    connection: Connection, query: str | Query, wanted: Wanted, reader: Principal | None = None, most: int = 1_000
) -> Count:
    """How many tickets fulfil `query`, exact up to `most`. Raises BadQuery."""
    query = parse_query(query) if isinstance(query, str) else query
    wanted = replace(wanted, limit=most)
    if _reference(query) is not None or not query.terms:
        found = len(_found(connection, query, wanted, reader, "t.reference", "t.reference"))
        return Count(min(found, most), found <= most)
    search = Search(connection, conditions_of(connection, query, wanted, reader))
    found = search.count()
    return Count(min(found, most), found <= most)


def _found(
    connection: Connection,
    query: str | Query,
    wanted: Wanted,
    reader: Principal | None,
    columns: str,
    columns_with_words: str,
) -> Sequence[Row[Any]]:
    query = parse_query(query) if isinstance(query, str) else query
    if not query.terms or not wanted.teams:
        return []
    reference = _reference(query)
    if reference is not None:
        by_reference = text(_BY_REFERENCE.format(columns=columns, more=wanted.more))
        rows = connection.execute(by_reference, wanted.parameters | {"pattern": f"{reference}%"}).all()
        if rows:
            return rows
    search = Search(connection, conditions_of(connection, query, wanted, reader))
    return search.newest(columns_with_words if search.conditions.words else columns)


def _reference(query: Query) -> str | None:
    """The reference, or its beginning, that is all there is to the search."""
    term = query.terms[0] if len(query.terms) == 1 else None
    if not isinstance(term, Words) or term.is_negated or term.is_phrase or not _REFERENCE.fullmatch(term.text):
        return None
    return term.text.upper()
