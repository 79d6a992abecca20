"""The tickets that a search finds, as references: what a bulk with a query acts on."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.triage.lists.filters import Wanted
from services.triage.lists.search_tickets import count_matches, search_references
from services.triage.search.keys import Known
from services.triage.search.parse import BadQuery, parse_query
from shared.auth.principal import Principal
from shared.errors import Unprocessable

# Beyond this the number of matches is told as "more than".
MOST_COUNTED = 100_000


def matching_references(
    connection: Connection, query: str, principal: Principal, teams: Sequence[str], most: int, known: Known
) -> list[str]:
    """The references of all tickets, in whatever state, that `q=query` of `GET /v1/tickets` finds for the principal in `teams`.

    `known`: the teams and categories that there are. Raises Unprocessable for an empty query, an unknown key and a bad value, and with
    the number of matches where they are more than `most`.
    """
    if not query.strip():
        raise Unprocessable({"query": ["Write what to search for."]})
    try:
        parsed = parse_query(query, known)
        wanted = Wanted(principal.readable(tuple(teams)), limit=most)
        found = search_references(connection, parsed, wanted, principal)
        if len(found) <= most:
            return found
        count = count_matches(connection, parsed, wanted, principal, MOST_COUNTED)
    except BadQuery as error:
        raise Unprocessable({"query": error.messages}, error.detail) from error
    number = str(count.value) if count.exact else f"More than {count.value}"
    message = f"{number} tickets match; at most {most} can be changed at once."
    raise Unprocessable({"query": [message]}, message)
