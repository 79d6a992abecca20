"""Counts new timeline entries in the tables of the daily reports."""

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from services.triage.reports.fold.final_entries import FinalEntries, lock_final_entries, save_position
from services.triage.reports.fold.histories import History, read_batch
from services.triage.reports.fold.measures import Counted, measure
from services.triage.reports.waiting_time import Moment, waited_for_us
from services.triage.rules.engine.compile import CompiledRuleset

# A transaction of the slow worker takes up to half a second.
BATCH = 500
# Integers of PostgreSQL end here; it is 68 years.
_LONGEST = 2**31 - 1

_ROWS = """jsonb_to_recordset(cast(:rows as jsonb)) as r (
        entry bigint, measure text, ticket bigint, day date, since date, team text, category text, rule text, agent text,
        change bigint, seconds integer, undoes bigint)"""
_KEY = "triage.report_keys k on k.team = r.team and k.category = r.category and k.rule = r.rule and k.agent = r.agent"

_ADD_KEYS = text(f"""
    insert into triage.report_keys (team, category, rule, agent)
    select distinct team, category, rule, agent from {_ROWS}
    where not exists (select from triage.report_keys k
                      where k.team = r.team and k.category = r.category and k.rule = r.rule and k.agent = r.agent)
    on conflict do nothing
""")
_COUNT = text(f"""
    insert into triage.report_counts as counted (measure, day, since, key, count)
    select r.measure, r.day, r.since, k.id, sum(r.change) from {_ROWS} join {_KEY}
    where r.measure in ('volume', 'answered_volume', 'reopened', 'backlog')
    group by r.measure, r.day, r.since, k.id
    on conflict (measure, day, since, key) do update set count = counted.count + excluded.count
""")
_ADD_ANSWERS = text(f"""
    insert into triage.report_answers (entry, day, key, seconds)
    select r.entry, r.day, k.id, r.seconds from {_ROWS} join {_KEY} where r.measure = 'first_answer' and r.change > 0
""")
_ADD_RESOLUTIONS = text(f"""
    insert into triage.report_resolutions (entry, ticket, day, key, seconds)
    select r.entry, r.ticket, r.day, k.id, r.seconds from {_ROWS} join {_KEY} where r.measure = 'resolution' and r.change > 0
""")
_DELETE_ANSWERS = text("delete from triage.report_answers where entry = any(:undone)")
_DELETE_RESOLUTIONS = text("delete from triage.report_resolutions where entry = any(:undone)")
_LINK_RESOLUTIONS = text("""
    with followed as (
        select entry, lead(day) over (partition by ticket order by entry) as next_day
        from triage.report_resolutions where ticket = any(:tickets)
    )
    update triage.report_resolutions earlier set next_day = followed.next_day
    from followed where followed.entry = earlier.entry and followed.next_day is distinct from earlier.next_day
""")


def fold_timeline(connection: Connection, ruleset: CompiledRuleset) -> bool:
    """Count the next entries, each once; returns whether there are more. Days and working hours are those of `ruleset`."""
    entries = lock_final_entries(connection)
    if entries is None:
        return False
    batch = read_batch(connection, entries.position, entries.until, BATCH)
    rows = [
        _row(history, counted, ruleset)
        for history in batch.histories
        for counted in measure(history)
        if entries.position < counted.entry <= batch.last
    ]
    if rows:
        _write(connection, rows)
    save_position(connection, FinalEntries(batch.last, entries.until))
    return True


def day_of(at: datetime, team: str | None, ruleset: CompiledRuleset) -> date:
    """The date of an instant where the team's calendar is; for none, or one without a calendar, in the ruleset's time zone."""
    return at.astimezone(ZoneInfo(ruleset.document.timezone_of(team))).date()


def _row(history: History, counted: Counted, ruleset: CompiledRuleset) -> dict[str, Any]:
    day = day_of(counted.at, counted.team, ruleset)
    since = day_of(history.created_at, counted.team, ruleset) if counted.measure == "backlog" else day
    timed = counted.measure in ("first_answer", "resolution")
    return {
        "entry": counted.entry,
        "measure": counted.measure,
        "ticket": history.sequence,
        "day": day.isoformat(),
        "since": since.isoformat(),
        "team": counted.team,
        "category": history.category,
        "rule": history.rule or "",
        "agent": str(counted.agent or ""),
        "change": counted.change,
        "undoes": counted.undoes,
        "seconds": _seconds(history, counted.at, ruleset) if timed else 0,
    }


def _seconds(history: History, until: datetime, ruleset: CompiledRuleset) -> int:
    calendars = {team: terms.calendar for team, terms in ruleset.document.teams.items()}
    moments = [Moment(entry.at, entry.kind, entry.facts or {}) for entry in history.entries]
    return min(round(waited_for_us(history.created_at, until, moments, calendars).seconds), _LONGEST)


def _write(connection: Connection, rows: list[dict[str, Any]]) -> None:
    values = {"rows": json.dumps(rows)}
    for statement in (_ADD_KEYS, _COUNT, _ADD_ANSWERS, _ADD_RESOLUTIONS):
        connection.execute(statement, values)
    undone = [row["undoes"] for row in rows if row["undoes"] is not None]
    if undone:
        connection.execute(_DELETE_ANSWERS, {"undone": undone})
        connection.execute(_DELETE_RESOLUTIONS, {"undone": undone})
    resolved = sorted({row["ticket"] for row in rows if row["measure"] == "resolution"})
    if resolved:
        connection.execute(_LINK_RESOLUTIONS, {"tickets": resolved})
