"""Unfinished tickets by age, at the end of a day or now."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from services.triage.reports.daily.grouped import FILTERS, KEYS
from services.triage.reports.daily.report import By, Figure, Figures, Found, Query, Report
from shared.errors import Unprocessable

# Days since the day of submission, from which each figure counts.
AGES: Mapping[str, int] = {"days_0": 0, "days_1_2": 1, "days_3_6": 3, "days_7_29": 7, "days_30": 30}
OLD = 7
_OLDEST = timedelta(days=max(AGES.values()))
_AGE = " ".join(f"when {{days}} < {end} then '{name}'" for name, end in zip(AGES, [*AGES.values()][1:], strict=False))
AGE = f"case {_AGE} else '{[*AGES][-1]}' end"

_BY_KEY = {
    by: text(f"""
        select nullif({key}, '') as key, {AGE.format(days="cast(:last as date) - c.since")} as age, sum(c.count)::bigint as count
        from triage.report_counts c join triage.report_keys k on k.id = c.key
        where c.measure = 'backlog' and c.day <= :last and {FILTERS}
        group by 1, 2
    """)
    for by, key in KEYS.items()
}
# The changes before the first day as one, and days of submission so long ago that they are in the last group all the time as one.
_BY_DAY = text(f"""
    select greatest(c.day, cast(:first as date) - 1) as day, greatest(c.since, cast(:first as date) - 1 - :oldest) as since,
           sum(c.count)::bigint as count
    from triage.report_counts c join triage.report_keys k on k.id = c.key
    where c.measure = 'backlog' and c.day <= :last and {FILTERS}
    group by 1, 2 having sum(c.count) <> 0
""")
# Owners are known as they are now. The index is tickets_unfinished_of_owner.
_OWNED_KEYS: Mapping[By, str] = {
    "team": "t.team",
    "category": "t.category",
    "rule": "t.decision -> 'rules' ->> 'team'",
    "agent": "t.owner::text",
}
_BY_OWNER = {
    by: text(f"""
    select {key} as key, {AGE.format(days="cast(:last as date) - (t.created_at at time zone :timezone)::date")} as age,
           count(*)::bigint as count
    from triage.tickets t
    where t.owner is not null and t.state not in ('resolved', 'withdrawn') and t.team = any(:teams)
      and (cast(:agent as text) is null or t.owner = cast(:agent as uuid))
      and (cast(:category as text) is null or t.category = :category or starts_with(t.category, :category || '/'))
      and (cast(:rule as text) is null or t.decision -> 'rules' ->> 'team' = :rule)
    group by 1, 2
""")
    for by, key in _OWNED_KEYS.items()
}


def _read(connection: Connection, query: Query) -> Found:
    """Raises Unprocessable for the owners of a day that is over."""
    if query.by == "agent" or query.agent is not None:
        return _of_owners(connection, query)
    rows = connection.execute(_BY_KEY[query.by], query.values).all()
    return Found(_by_key(rows), _in_all(rows), _by_day(connection, query) if query.with_days else {})


def _of_owners(connection: Connection, query: Query) -> Found:
    if query.period.last < query.today:
        raise Unprocessable({"to": ["Owners are only known as they are today."]})
    statement = _BY_OWNER[query.by]
    rows: list[Any] = list(connection.execute(statement, query.values))
    if query.agent is None:
        everything = connection.execute(_BY_KEY["agent"], query.values).all()
        rows += _without(everything, rows)
    return Found(_by_key(rows), _in_all(rows))


def _by_key(rows: Iterable[Any]) -> dict[str | None, Figures]:
    counts: dict[str | None, Counter[str]] = {}
    for key, age, count in rows:
        counts.setdefault(key, Counter())[age] += count
    return {key: _figures(ages) for key, ages in counts.items() if any(ages.values())}


def _in_all(rows: Iterable[Any]) -> Figures:
    ages: Counter[str] = Counter()
    for _, age, count in rows:
        ages[age] += count
    return _figures(ages)


def _without(everything: Iterable[Any], owned: Iterable[Any]) -> list[tuple[None, str, int]]:
    """What nobody owns. The counts may be some seconds older than the owners."""
    left: Counter[str] = Counter()
    for _, age, count in everything:
        left[age] += count
    for _, age, count in owned:
        left[age] -= count
    return [(None, age, count) for age, count in left.items() if count > 0]


def _by_day(connection: Connection, query: Query) -> dict[date, Figures]:
    """The backlog at the end of each day that has begun."""
    changes: dict[date, list[tuple[date, int]]] = {}
    for day, since, count in connection.execute(_BY_DAY, {**query.values, "oldest": _OLDEST.days}):
        changes.setdefault(day, []).append((since, count))
    waiting: Counter[date] = Counter()
    found: dict[date, Figures] = {}
    for day in [query.period.first - timedelta(days=1), *query.period.days]:
        for since, count in changes.get(day, ()):
            waiting[since] += count
        if query.period.first <= day <= query.today:
            found[day] = _at_the_end(day, waiting)
    return found


def _at_the_end(day: date, waiting: Mapping[date, int]) -> Figures:
    ages: Counter[str] = Counter()
    for since, count in waiting.items():
        ages[_age((day - since).days)] += count
    return _figures(ages)


def _age(days: int) -> str:
    return [name for name, start in AGES.items() if start <= max(days, 0)][-1]


def _figures(ages: Mapping[str, int]) -> dict[str, int]:
    figures = {name: max(ages.get(name, 0), 0) for name in AGES}
    return {
        "count": sum(figures.values()),
        **figures,
        "old": sum(figures[name] for name, start in AGES.items() if start >= OLD),
    }


REPORT = Report(
    name="backlog",
    title="Backlog by age",
    definition="Tickets that are neither resolved nor withdrawn, at the end of the period’s last day or now, by the days since the day of "
    "their submission. An agent’s are those that they own now.",
    figures=(
        Figure("count", "Unfinished"),
        Figure("days_0", "Same day"),
        Figure("days_1_2", "1–2 days"),
        Figure("days_3_6", "3–6 days"),
        Figure("days_7_29", "7–29 days"),
        Figure("days_30", "30 days or more"),
        Figure("old", "7 days or more"),
    ),
    drawn=("count", "old"),
    read=_read,
)
