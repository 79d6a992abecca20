"""Lists tickets in other orders than by age: as they are claimed, by deadline, by the last change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, Row, text

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
_QUEUE = "t.priority_rank, coalesce(t.respond_by, 'infinity'), t.created_at, t.sequence"
_DUE = "coalesce(t.respond_by, 'infinity'), t.created_at, t.sequence"

# The two partial indexes hold every open ticket once. The planner reads each in order for one team and priority.
_KEY = "t.reference, t.priority_rank, t.respond_by, t.created_at, t.sequence"
_OPEN = f"""
    select found.* from unnest(cast(:teams as text[])) as wanted_team, generate_series(0, 3) as wanted_rank
    cross join lateral (
        (select {_KEY} from triage.tickets t where t.team = wanted_team and t.priority_rank = wanted_rank
           and t.state = 'open' and (t.reserved_until is null or t.priority = 'urgent') {{more}} and {{after}}
         order by coalesce(t.respond_by, 'infinity'), t.created_at, t.sequence limit :limit)
        union all
        (select {_KEY} from triage.tickets t where t.team = wanted_team and t.priority_rank = wanted_rank
           and t.state = 'open' and t.reserved_until is not null and t.priority <> 'urgent' {{more}} and {{after}}
         order by coalesce(t.respond_by, 'infinity'), t.created_at, t.sequence limit :limit)
    ) found
    where 'open' = any(:states)
"""
# The page is chosen by its keys alone, so that what its rows show is read for them only.
_ORDERED = f"""
    with keys as (
        select * from (
            {{open}} union all
            select {_KEY} from ({{others}}) newest cross join lateral (
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
_FEW_CHANGED = """
    with keys as ({newest}), lines as (
        select reference, (select l.id from triage.timeline l where l.ticket = reference order by l.id desc limit 1) as line
        from keys
    )
    select {columns}, lines.line from lines join triage.tickets t using (reference)
    where lines.line < :line order by lines.line desc limit :page
"""
_LINES = text("select count(*) from (select from triage.timeline where id < :line limit :lines) l")

# Of the matches of a search, in triage.tickets `t` and their ranks `k`.
ORDERS: dict[Sort, str] = {
    "queue": _QUEUE,
    "created": _CREATED,
    "updated": f"(select l.id from triage.timeline l where l.ticket = t.reference order by l.id desc limit 1) desc, {_CREATED}",
    "respond_by": _DUE,
    "relevance": f"k.rank desc, {_CREATED}",
}


@dataclass(frozen=True)
class Order:
    """An order by columns. `kinds`: of the values in a cursor."""

    columns: str
    after: str
    kinds: tuple[type, ...]


_ORDERS = {
    "queue": Order(
        _QUEUE,
        f"({_QUEUE}) > (cast(:rank as smallint), cast(:due as timestamptz), cast(:created as timestamptz), :sequence)",
        (int, str, str, int),
    ),
    "respond_by": Order(
        _DUE, f"({_DUE}) > (cast(:due as timestamptz), cast(:created as timestamptz), :sequence)", (str, str, int)
    ),
}
KINDS: dict[str, tuple[type, ...]] = {name: order.kinds for name, order in _ORDERS.items()} | {"updated": (int,)}


def sorted_tickets(connection: Connection, wanted: Wanted, sort: Sort, after: Key | None) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 rows in the order `sort`, from behind the row with the key `after`."""
    if sort == "updated":
        return last_changed(connection, wanted, NEWEST if after is None else int(after[0]))
    order = _ORDERS[sort]
    others = replace(wanted, states=[state for state in wanted.states if state != "open"], limit=MOST_ORDERED - 1)
    after_key = "true" if after is None else order.after
    statement = _ORDERED.format(
        open=_OPEN.format(more=wanted.more, after=after_key),
        others=newest_keys(others).replace(":states", ":others").replace(":limit", ":most"),
        after=after_key,
        order=order.columns,
    )
    values = wanted.parameters | {"others": list(others.states), "most": MOST_ORDERED, "page": wanted.limit + 1}
    return connection.execute(text(statement), values | _parameters(sort, after)).all()


def key_of(row: Row[Any], sort: Sort) -> Key:
    """The cursor's values of a row that sorted_tickets returned."""
    if sort == "updated":
        return (row.line,)
    due = row.respond_by.isoformat() if row.respond_by else "infinity"
    key = (due, row.created_at.isoformat(), row.sequence)
    return (row.priority_rank, *key) if sort == "queue" else key


def _parameters(sort: Sort, after: Key | None) -> dict[str, Any]:
    if after is None:
        return {}
    names = ("rank", "due", "created", "sequence") if sort == "queue" else ("due", "created", "sequence")
    return dict(zip(names, after, strict=True))


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
        statement = text(_FEW_CHANGED.format(newest=newest_keys(few), columns=COLUMNS))
        return connection.execute(statement, few.parameters | values).all()
    statement = text(_CHANGED.format(columns=COLUMNS, more=wanted.more))
    while True:
        rows = connection.execute(statement, wanted.parameters | values | {"lines": lines}).all()
        is_all = connection.execute(_LINES, {"line": line, "lines": lines}).scalar_one() < lines
        if len(rows) > wanted.limit or is_all:
            return rows
        lines *= 8
