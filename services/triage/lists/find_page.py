"""A page of tickets, all or those found by a search, in one of the orders."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from services.triage.lists.filters import NEWEST, NOBODY, Wanted
from services.triage.lists.highlights import read_highlights
from services.triage.lists.list_tickets import list_tickets
from services.triage.lists.search_tickets import search_sorted, search_tickets
from services.triage.lists.sorted_tickets import KINDS, Sort, key_of, sorted_tickets
from services.triage.search.query import Query
from services.triage.tickets.rows import as_item
from shared.auth.principal import Principal
from shared.auth.users import find_user
from shared.errors import NotFound, Unprocessable
from shared.http.paging import Key, decode, encode, page

NOT_A_CURSOR = {"cursor": ["Not a cursor of this list."]}


def find_page(
    connection: Connection, wanted: Wanted, query: Query, sort: Sort, cursor: str | None, reader: Principal
) -> dict[str, Any]:
    """The answer of `GET /v1/tickets`. Only in the order `created` is each ticket shown exactly once; pages of the others are marked.

    Raises Unprocessable for a malformed cursor, or an owner in `query` that is unknown.
    """
    found = _page(connection, wanted, query, sort, cursor, reader)
    highlights = read_highlights(connection, query, [item["reference"] for item in found["items"]])
    if highlights is not None:
        for item in found["items"]:
            item["highlights"] = highlights[item["reference"]]
    return found


def _page(
    connection: Connection, wanted: Wanted, query: Query, sort: Sort, cursor: str | None, reader: Principal
) -> dict[str, Any]:
    if sort == "created":
        return newest_first(connection, wanted, query, cursor, reader)
    if sort == "relevance" and query.is_blank:
        return {**newest_first(connection, wanted, query, cursor, reader), "stable": False}
    if not query.is_blank:
        skipped = int((decode(cursor, (int,)) or (0,))[0])
        if skipped < 0:
            raise Unprocessable(NOT_A_CURSOR)
        rows = search_sorted(connection, query, wanted, sort, skipped, reader)
        more = encode((skipped + wanted.limit,)) if len(rows) > wanted.limit else None
    else:
        rows = sorted_tickets(connection, wanted, sort, checked_key(cursor, sort))
        more = encode(key_of(rows[wanted.limit - 1], sort)) if len(rows) > wanted.limit else None
    return {"items": _items(rows, wanted), "next_cursor": more, "stable": False}


def newest_first(
    connection: Connection, wanted: Wanted, query: Query, cursor: str | None, reader: Principal
) -> dict[str, Any]:
    """The page in the order in which the tickets arrived."""
    key = decode(cursor, (int,))
    wanted = replace(wanted, before=NEWEST if key is None else int(key[0]))
    rows = list_tickets(connection, wanted) if query.is_blank else search_tickets(connection, query, wanted, reader)
    return page(rows, wanted.limit, lambda row: (row.sequence,), as_item)


def checked_key(cursor: str | None, sort: Sort) -> Key | None:
    """The key in a cursor of this order. Raises Unprocessable for anything else."""
    key = decode(cursor, KINDS[sort])
    if key is None:
        return None
    if sort == "queue" and key[0] not in range(4):
        raise Unprocessable(NOT_A_CURSOR)
    return tuple(_moment(one) if isinstance(one, str) else one for one in key)


def _moment(given: str) -> str:
    """A time in a cursor, in the form that PostgreSQL reads. Raises Unprocessable for one that this code did not write."""
    if given == "infinity":
        return given
    try:
        return datetime.fromisoformat(given).astimezone(UTC).isoformat()
    except (ValueError, OverflowError) as error:
        raise Unprocessable(NOT_A_CURSOR) from error


def owner_named(connection: Connection, owner: str | None, reader: Principal) -> UUID | None:
    """The account that `owner=` asks for: `me`, `none` (NOBODY) or an e-mail address. Raises Unprocessable for an unknown address."""
    if owner is None:
        return None
    if owner in ("me", "none"):
        return reader.id if owner == "me" else NOBODY
    try:
        return find_user(connection, owner).id
    except NotFound as error:
        raise Unprocessable({"owner": ["me, none, or the e-mail address of an account."]}) from error


def _items(rows: Sequence[Row[Any]], wanted: Wanted) -> list[dict[str, Any]]:
    return [as_item(row) for row in rows[: wanted.limit]]
