"""Counts how long requesters waited for answers and resolutions, for the service level report."""

import json
from bisect import bisect_left
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.reports.service_levels import BUCKETS
from services.triage.reports.waiting_time import Moment, waited_for_us
from services.triage.rules.engine.compile import CompiledRuleset

BATCH = 200

_DEQUEUE = text("""
    with pending as (
        delete from triage.service_pending where ctid = any(array(
            select ctid from triage.service_pending limit :limit for update skip locked))
        returning ticket, measure, at, change
    )
    select pending.measure, pending.at, pending.change, t.created_at, t.team, t.category, triage.monday(pending.at) as week,
           (select coalesce(jsonb_agg(jsonb_build_array(l.at, l.kind, l.facts) order by l.id), '[]')
            from triage.timeline l where l.ticket = pending.ticket) as lines
    from pending join triage.tickets t on t.reference = pending.ticket
""")

_COUNT = text("""
    insert into triage.service_counts (week, team, category, measure, bucket, count, seconds)
    select week, team, category, measure, bucket, sum(change), sum(change * seconds)
    from jsonb_to_recordset(cast(:read as jsonb)) as r (
        week date, team text, category text, measure text, bucket smallint, seconds bigint, change smallint)
    group by week, team, category, measure, bucket
""")


def count_waiting_times(connection: Connection, ruleset: CompiledRuleset) -> int:
    """Count up to BATCH pending answers and resolutions by the calendars of `ruleset`; those that were undone are subtracted. Returns how
    many there were."""
    rows = connection.execute(_DEQUEUE, {"limit": BATCH}).all()
    if rows:
        connection.execute(_COUNT, {"read": json.dumps([_measured(row, ruleset) for row in rows])})
    return len(rows)


def _measured(row: Row[Any], ruleset: CompiledRuleset) -> dict[str, Any]:
    calendars = {team: terms.calendar for team, terms in ruleset.document.teams.items()}
    lines = [Moment(datetime.fromisoformat(at), kind, facts) for at, kind, facts in row.lines]
    waited = waited_for_us(row.created_at, row.at, lines, calendars)
    seconds = round(waited.seconds)
    return {
        "week": row.week.isoformat(),
        "team": waited.team or row.team,
        "category": row.category,
        "measure": row.measure,
        "bucket": bisect_left(BUCKETS, seconds),
        "seconds": seconds,
        "change": row.change,
    }
