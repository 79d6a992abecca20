"""Warns on the timeline of answers that are due soon."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.rules.engine.deadline import respond_by

STEP = 500

# No warning for a ticket that had less time than the warning's from the start. A claim or a snooze does not count as a start. For each
# team apart, so that only the index's entries until its own time are read: joined, every open ticket was read each time.
_WARN = text("""
    with soon as (
        select team, until from jsonb_to_recordset(cast(:soon as jsonb)) as s (team text, until timestamptz)
    ), due as (
        select near.reference from soon cross join lateral (
            select t.reference from triage.tickets t
            where t.team = soon.team and t.respond_by > statement_timestamp() and t.respond_by <= soon.until
              and t.state in ('open', 'claimed', 'snoozed') and not t.breached and t.warned_at is null
              and (t.priority <> 'urgent' or t.respond_by <= statement_timestamp() + make_interval(secs => :seconds))
              and (t.state <> 'open' or t.respond_by > t.state_since + make_interval(secs => :seconds))
            order by t.respond_by limit :step for update of t skip locked) near
        limit :step
    ), lines as (
        insert into triage.timeline (ticket, kind) select reference, 'breach_near' from due
    )
    update triage.tickets t set warned_at = clock_timestamp() from due where t.reference = due.reference
""")

_NOW = text("select clock_timestamp()")


def warn(connection: Connection, ruleset: CompiledRuleset, teams: Sequence[str], minutes: float) -> int:
    """Warn of up to STEP tickets whose answer is due within so many minutes of their team's working hours; returns how many.

    A ticket due shortly after a weekend is warned of before it. For urgent tickets every minute counts as working time.
    """
    now: datetime = connection.execute(_NOW).scalar_one()
    seconds = max(round(minutes * 60), 1)
    soon = [{"team": team, "until": _after(ruleset, team, now, seconds).isoformat()} for team in teams]
    return connection.execute(_WARN, {"soon": json.dumps(soon), "seconds": seconds, "step": STEP}).rowcount


def _after(ruleset: CompiledRuleset, team: str, now: datetime, seconds: int) -> datetime:
    """The end of so many seconds of the team's working hours."""
    terms = ruleset.document.teams.get(team)
    return respond_by(now, f"{seconds}s", terms.calendar if terms else None) or now
