"""Reads who is at a ticket."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

_COUNTS = "p.doing is not null and p.until > clock_timestamp() and u.disabled_at is null"

# Of the ticket `t`, as items of an array.
PRESENT = f"""
    array(select jsonb_build_object('name', u.name, 'doing', p.doing)
          from triage.presence p join auth.users u on u.id = p.account
          where p.ticket = t.reference and {_COUNTS} order by u.name, p.account)
"""
_OTHERS = text(f"""
    select p.ticket, u.name, p.doing from triage.presence p join auth.users u on u.id = p.account
    where p.ticket = any(:tickets) and p.account <> :reader and {_COUNTS} order by p.ticket, u.name, p.account limit 500
""")


def others_present(
    connection: Connection, references: Sequence[str], reader: object
) -> Mapping[str, list[dict[str, Any]]]:
    """Who but the account `reader` is at each of the tickets, by name, and what they are doing."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(_OTHERS, {"tickets": list(references), "reader": reader}):
        found[row.ticket].append({"name": row.name, "doing": row.doing})
    return found
