"""Lists tickets in other orders than by age: as they are claimed, by deadline, by the last change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, Row, text

from services.triage.lists.claim_order import BY_DEADLINE, CLAIM_ORDER, FOR_EVERYBODY, KEY, RESERVED
from services.triage.lists.filters import NEWEST, Wanted
from services.triage.lists.list_tickets import newest_keys
from services.triage.tickets.rows import COLUMNS
from shared.http.paging import Key

Sort = Literal["queue", "created", "updated", "respond_by", "relevance"]

# Open tickets are read in order from their indexes. Of the other states the newest so many are ordered.
MOST_ORDERED = 5_000
# How many timeline lines are read at first for the last changes; more when they hold too few tickets.
FIRST_LINES = 5_000

_CREATED = "t.sequence desc"
_NEWEST_LINE = "(select l.id from triage.timeline l where l.ticket = t.reference order by l.id desc limit 1)"
# In SQL on a ticket `t`, and its rank `k` among the matches of a search.
ORDERS: dict[Sort, str] = {
    "queue": CLAIM_ORDER,
    "created": _CREATED,
    "updated": f"{_NEWEST_LINE} desc, {_CREATED}",
    "respond_by": BY_DEADLINE,
    "relevance": f"k.rank desc, {_CREATED}",
}

# The planner reads each index in order for one team and priority.
_HEAD = f"""
    (select {KEY} from triage.tickets t where t.team = wanted_team and t.priority_rank = wanted_rank
       and {{which}} {{{{more}}}} and {{{{after}}}} order by {BY_DEADLINE} limit :limit)
"""
_OPEN = f"""
    select found.* from unnest(cast(:teams as text[])) as wanted_team, generate_series(0, 3) as wanted_rank
    cross join lateral ({_HEAD.format(which=FOR_EVERYBODY)} union all {_HEAD.format(which=RESERVED)}) found
    where 'open' = any(:states)
"""
# The page is chosen by its keys alone, so that what its rows show is read for them only.
_ORDERED = f"""
    with keys as (
        select * from (
            {{open}} union all
            select {KEY} from ({{others}}) newest cross join lateral (
                select * from triage.tickets t where t.reference = newest.reference offset 0) t
            where {{after}}
        ) t order by {{order}} limit :page
    )
    select {COLUMNS}, t.priority_rank from keys cross join lateral (
        select * from triage.tickets t where t.reference = keys.reference offset 0) t
    order by {{order}}
"""

_CHANGED = """
    with lines as materialized (
        select ticket, max(id) as id from (
            select ticket, id from triage.timeline where id < :line order by id desc limit :lines) newest
        group by ticket
    )
    select {columns}, lines.id as line from lines join triage.tickets t on t.reference = lines.ticket
    where t.team = any(:teams) and t.state = any(:states) {more}
      and not exists (select from triage.timeline l where l.ticket = t.reference and l.id >= :line)
    order by lines.id desc limit :limit
"""
_FEW_CHANGED = text(f"""
    select {COLUMNS}, newest.line from triage.tickets t cross join lateral (select {_NEWEST_LINE} as line) newest
    where t.reference = any(:references) and newest.line < :line order by newest.line desc limit :page
""")
_LINES = text("select count(*) from (select from triage.timeline where id < :line limit :lines) l")

_DUE, _CREATED_AT = "cast(:due as timestamptz)", "cast(:created as timestamptz)"


@dataclass(frozen=True)
class Keyset:
    """How a page begins behind a row. `after`: SQL; `values`: the names of its parameters and their types, as a cursor has them."""

    after: str
    values: Mapping[str, type]


_KEYSETS = {
    "queue": Keyset(
        f"({CLAIM_ORDER}) > (cast(:rank as smallint), {_DUE}, {_CREATED_AT}, :sequence)",
        {"rank": int, "due": str, "created": str, "sequence": int},
    ),
    "respond_by": Keyset(
        f"({BY_DEADLINE}) > ({_DUE}, {_CREATED_AT}, :sequence)", {"due": str, "created": str, "sequence": int}
    ),
}
KINDS: dict[str, tuple[type, ...]] = {
    **{name: tuple(keyset.values.values()) for name, keyset in _KEYSETS.items()},
    "updated": (int,),
}


def sorted_tickets(connection: Connection, wanted: Wanted, sort: Sort, after: Key | None) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 rows in the order `sort`, from behind the row with the key `after`."""
    if sort == "updated":
        return last_changed(connection, wanted, NEWEST if after is None else int(after[0]))
    keyset = _KEYSETS[sort]
    others = replace(wanted, states=[state for state in wanted.states if state != "open"], limit=MOST_ORDERED - 1)
    after_key = "true" if after is None else keyset.after
    statement = _ORDERED.format(
        open=_OPEN.format(more=wanted.more, after=after_key),
        others=newest_keys(others, states="others", limit="most"),
        after=after_key,
        order=ORDERS[sort],
    )
    values = wanted.parameters | {"others": list(others.states), "most": MOST_ORDERED, "page": wanted.limit + 1}
    return connection.execute(text(statement), values | dict(zip(keyset.values, after or (), strict=False))).all()


def key_of(row: Row[Any], sort: Sort) -> Key:
    """The cursor's values of a row that sorted_tickets returned."""
    if sort == "updated":
        return (row.line,)
    due = row.respond_by.isoformat() if row.respond_by else "infinity"
    key = (due, row.created_at.isoformat(), row.sequence)
    return (row.priority_rank, *key) if sort == "queue" else key


def last_changed(
    connection: Connection, wanted: Wanted, line: int, most_ordered: int = MOST_ORDERED, lines: int = FIRST_LINES
) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 rows whose newest timeline line is older than `line`, the last changed first.

    Up to `most_ordered` tickets are ordered by their newest lines; of more, the newest `lines` lines tell the tickets.
    """
    few = replace(wanted, limit=most_ordered)
    values = {"line": line, "page": wanted.limit + 1}
    keys = connection.execute(text(newest_keys(few)), few.parameters).all()
    if len(keys) <= most_ordered:
        return connection.execute(_FEW_CHANGED, values | {"references": [key.reference for key in keys]}).all()
    statement = text(_CHANGED.format(columns=COLUMNS, more=wanted.more))
    while True:
        rows = connection.execute(statement, wanted.parameters | values | {"lines": lines}).all()
        is_all = connection.execute(_LINES, {"line": line, "lines": lines}).scalar_one() < lines
        if len(rows) > wanted.limit or is_all:
            return rows
        lines *= 8
