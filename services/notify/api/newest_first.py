"""Cursors of lists whose ids grow with time."""

from uuid import UUID

from shared.errors import Unprocessable
from shared.http.paging import decode


def before(cursor: str | None) -> UUID | None:
    """The id that the previous page ended with; None for the first page. Raises Unprocessable for a cursor that is not ours."""
    key = decode(cursor, [str])
    try:
        return UUID(str(key[0])) if key else None
    except ValueError as error:
        raise Unprocessable({"cursor": ["Not a cursor of this list."]}) from error
