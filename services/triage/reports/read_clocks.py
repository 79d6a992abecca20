"""Reads the clocks of tickets that were answered or resolved, and counts them."""

import json
from bisect import bisect_left
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.reports.clocks import Moment, waited_for_us
from services.triage.reports.service_counts import BUCKETS
from services.triage.rules.engine.compile import CompiledRuleset

STEP = 200

_TAKE = text("""
    with taken as (
        delete from triage.service_pending where ctid = any(array(
            select ctid from triage.service_pending limit :step for update skip locked))
        returning ticket, measure, at
    )
    select taken.measure, taken.at, t.created_at, t.team, t.category, triage.monday(taken.at) as week,
           (select coalesce(jsonb_agg(jsonb_build_array(l.at, l.kind, l.facts) order by l.id), '[]')
            from triage.timeline l where l.ticket = taken.ticket) as lines
    from taken join triage.tickets t on t.reference = taken.ticket
""")

_COUNT = text("""
    insert into triage.service_counts (week, team, category, measure, bucket, count, seconds)
    select week, team, category, measure, bucket, count(*), sum(seconds)
    from jsonb_to_recordset(cast(:read as jsonb)) as r (week date, team text, category text, measure text, bucket smallint, seconds bigint)
    group by week, team, category, measure, bucket
""")


def read_clocks(connection: Connection, ruleset: CompiledRuleset) -> int:
    """Count up to STEP answers and resolutions, by the calendars of `ruleset`; returns how many."""
    rows = connection.execute(_TAKE, {"step": STEP}).all()
    if rows:
        connection.execute(_COUNT, {"read": json.dumps([_read(row, ruleset) for row in rows])})
    return len(rows)


def _read(row: Row[Any], ruleset: CompiledRuleset) -> dict[str, Any]:
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
    }
