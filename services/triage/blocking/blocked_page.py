"""A page of the list of blocked senders."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from shared.auth.blocked_senders import list_blocked
from shared.errors import Unprocessable
from shared.http.paging import decode, page


def blocked_page(connection: Connection, cursor: str | None, limit: int) -> dict[str, Any]:
    """The answer of `GET /v1/blocked-senders`, newest first. Raises Unprocessable for a malformed cursor."""
    key = decode(cursor, (str,))
    try:
        before = UUID(str(key[0])) if key else None
    except ValueError as error:
        raise Unprocessable({"cursor": ["Not a cursor of this list."]}) from error
    rows = list_blocked(connection, before, limit + 1)
    return page(rows, limit, lambda row: (str(row.id),), lambda row: dict(row._mapping))
