"""What is stored of merges: which tickets read as one, and what they were before."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from services.triage.tickets.lock import LockedTicket, lock_tickets
from services.triage.tickets.restoring import STATE, members
from shared.errors import Conflict

DAYS_TO_UNMERGE = 7
MEANWHILE = "One of the tickets was merged or separated at this moment. Please look again."

# What the merged ticket alone gets back.
OWN = {"tags": "text[]", "owner": "uuid"}
# SQL: what merging changes of a ticket `t`. A claim ends by it, and is not restored.
_SNAPSHOT = f"""
    jsonb_build_object({members({**STATE, **OWN})})
    || jsonb_build_object('state', case t.state when 'claimed' then 'open' else t.state end)
"""
_SNAPSHOTS = text(
    f"select t.reference, {_SNAPSHOT} as before from triage.tickets t where t.reference = any(:references)"
)
_STORE = text("""
    insert into triage.merges (ticket, into_ticket, before, brought)
    values (:ticket, :into, cast(:before as jsonb), cast(:brought as jsonb))
""")
_MERGE = text(f"""
    select ticket, into_ticket, before, brought, at, at > clock_timestamp() - interval '{DAYS_TO_UNMERGE} days' as is_recent,
           array(select jsonb_build_object('tags', o.before -> 'tags', 'is_later', o.at > m.at)
                 from triage.merges o where o.into_ticket = m.into_ticket and o.ticket <> m.ticket) as others
    from triage.merges m where ticket = :ticket
""")
_BROUGHT_TAGS = text("""
    select distinct tag from triage.merges cross join jsonb_array_elements_text(brought -> 'tags') as tag where into_ticket = :into
""")
_FORGET = text("delete from triage.merges where ticket = :ticket")
_POINT = text("""
    update triage.tickets set merged_into = nullif(cast(:into as text), reference) where reference = any(:references)
""")
_HOLD = text("update triage.tickets set merged_tickets = :merged where reference = :reference")
_INTO = text("select into_ticket from triage.merges where ticket = :ticket")
# Words that are found in a merged ticket find the surviving one too.
_SEARCH_AGAIN = text("insert into triage.search_pending (ticket) select unnest(cast(:references as text[]))")


@dataclass(frozen=True)
class Merge:
    """A merge that holds. `into`: the ticket that it was merged into itself; `before`, `brought`: as stored.

    `others`: of the other tickets merged into that one the tags that they had, and whether they were merged later.
    """

    ticket: str
    into: str
    at: datetime
    is_recent: bool
    before: Mapping[str, Any]
    brought: Mapping[str, Any]
    others: Sequence[Mapping[str, Any]]


def lock_found(connection: Connection, find: Callable[[], Sequence[str]]) -> dict[str, LockedTicket]:
    """Lock the tickets that `find` finds, all at once, so that no two callers deadlock. Raises Conflict when it finds others then."""
    wanted = find()
    tickets = lock_tickets(connection, wanted)
    if set(find()) != set(wanted):
        raise Conflict(MEANWHILE)
    return tickets


def snapshots(connection: Connection, references: Sequence[str]) -> dict[str, dict[str, Any]]:
    """State, deadline, owner and tags of tickets as they are now, by reference."""
    return {row.reference: row.before for row in connection.execute(_SNAPSHOTS, {"references": list(references)})}


def store_merge(
    connection: Connection, ticket: str, into: str, before: Mapping[str, Any], brought: Mapping[str, Any]
) -> None:
    """Remember that `ticket` is merged into `into`."""
    values = {"ticket": ticket, "into": into, "before": json.dumps(before), "brought": json.dumps(brought)}
    connection.execute(_STORE, values)


def find_merge(connection: Connection, ticket: str) -> Merge | None:
    """The merge of a ticket; None for one that is merged into none."""
    row = connection.execute(_MERGE, {"ticket": ticket}).one_or_none()
    if row is None:
        return None
    return Merge(row.ticket, row.into_ticket, row.at, row.is_recent, row.before, row.brought, row.others)


def brought_tags(connection: Connection, into: str) -> set[str]:
    """The tags that a ticket has by those merged into it alone."""
    return set(connection.execute(_BROUGHT_TAGS, {"into": into}).scalars())


def forget_merge(connection: Connection, ticket: str) -> None:
    """The ticket is merged into none any more."""
    connection.execute(_FORGET, {"ticket": ticket})


def find_holders(connection: Connection, ticket: str) -> list[str]:
    """The tickets that a merged one is read with, from the one that it was merged into to the surviving one."""
    holders: list[str] = []
    at: str | None = ticket
    while (at := connection.execute(_INTO, {"ticket": at}).scalar_one_or_none()) is not None:
        holders.append(at)
    return holders


def point(connection: Connection, references: Sequence[str], into: str) -> None:
    """Let the matter of these tickets continue in `into`; one that is `into` itself stands for itself."""
    connection.execute(_POINT, {"references": list(references), "into": into})


def hold(connection: Connection, reference: str, merged: Sequence[str]) -> None:
    """Read these tickets together with `reference`."""
    connection.execute(_HOLD, {"reference": reference, "merged": list(merged) or None})
    connection.execute(_SEARCH_AGAIN, {"references": [reference]})
