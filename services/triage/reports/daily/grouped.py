"""One statement that reads figures by key, by day and in all; of rows with `day` and `key`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, TextClause, text

from services.triage.reports.daily.report import By, Figures, Found, Query

# The filters of every report; k is triage.report_keys.
FILTERS = """
    k.team = any(:teams)
    and (cast(:category as text) is null or k.category = :category or starts_with(k.category, :category || '/'))
    and (cast(:rule as text) is null or k.rule = :rule)
"""
OF_AGENT = "(cast(:agent as text) is null or k.agent = :agent)"
KEYS: Mapping[By, str] = {"team": "k.team", "category": "k.category", "rule": "k.rule", "agent": "k.agent"}

# Long ranges are read whole: the columns are in the index, or the table is narrow.
_GROUPED = """
    select grouping({key}) = 0 as is_key, {is_day} as is_day, nullif({key}, '') as key, {day} as day, {figures}
    from {source}
    where {filters} and {of_agent}
    group by grouping sets (({key}), {day_set} ())
"""
_WITH_DAYS = {"is_day": "grouping(fact.day) = 0", "day": "fact.day", "day_set": "(fact.day),"}
_WITHOUT_DAYS = {"is_day": "false", "day": "null", "day_set": ""}

Statements = Mapping[tuple[By, bool], TextClause]


def grouped(facts: str, figures: str) -> Statements:
    """A statement for each grouping, with and without days: `figures` (expressions with names) of the rows of `facts` (a select)."""
    return grouped_source(f"({facts}) fact join triage.report_keys k on k.id = fact.key", figures)


def grouped_source(source: str, figures: str) -> Statements:
    """As grouped, of rows that bear their keys: `source` names them `k`, and their day `fact.day`."""
    return {
        (by, with_days): text(
            _GROUPED.format(
                key=key,
                source=source,
                figures=figures,
                filters=FILTERS,
                of_agent=OF_AGENT,
                **(_WITH_DAYS if with_days else _WITHOUT_DAYS),
            )
        )
        for by, key in KEYS.items()
        for with_days in (True, False)
    }


def read_grouped(connection: Connection, statements: Statements, query: Query, names: Sequence[str]) -> Found:
    """Run the statement of the query's grouping; `names`: of the figures."""
    by_key: dict[str | None, Figures] = {}
    by_day: dict[date, Figures] = {}
    total: Figures = {}
    for row in connection.execute(statements[query.by, query.with_days], query.values).mappings():
        figures: dict[str, Any] = {name: row[name] for name in names}
        if row["is_key"]:
            by_key[row["key"]] = figures
        elif row["is_day"]:
            by_day[row["day"]] = figures
        else:
            total = figures
    return Found(by_key, total, by_day)
