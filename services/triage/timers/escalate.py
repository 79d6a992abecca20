"""Escalates late tickets to their team's leads: one e-mail for all of them, with a minimum interval."""

from typing import Any

from sqlalchemy import Connection, Row, text
from uuid_utils.compat import uuid7

from shared.auth.users import leads_of
from shared.events.contracts import Event, tickets_escalated
from shared.events.log import record

STEP = 1_000
# The e-mail names so many tickets, and gives the number of the others.
NAMED = 20

_TEAMS = text("""
    select distinct team from triage.tickets
    where breached and escalated_at is null and state in ('open', 'claimed', 'snoozed') order by team
""")

# Of two simultaneous ticks one gets the row, the other nothing.
_TURN = text("""
    insert into triage.escalations (team) values (:team)
    on conflict (team) do update set at = clock_timestamp()
    where escalations.at <= clock_timestamp() - make_interval(secs => :seconds)
    returning team
""")

_LATE = text("""
    with late as (
        select reference from triage.tickets
        where team = :team and breached and escalated_at is null and state in ('open', 'claimed', 'snoozed')
        order by respond_by limit :step for update skip locked
    ), lines as (
        insert into triage.timeline (ticket, kind, facts)
        select reference, 'escalated', jsonb_build_object('leads', cast(:leads as integer)) from late
    )
    update triage.tickets t set escalated_at = clock_timestamp() from late where t.reference = late.reference
    returning t.reference, t.priority, t.respond_by
""")


def escalate(connection: Connection, minutes: float) -> int:
    """Record one event for each lead of each team with late tickets that were not escalated yet. Returns the number of tickets.

    At most one e-mail a lead and team in `minutes`; tickets that become late in between are in the next one.
    """
    escalated = 0
    for team in connection.execute(_TEAMS).scalars().all():
        if connection.execute(_TURN, {"team": team, "seconds": minutes * 60}).first() is not None:
            escalated += _escalate_team(connection, team)
    return escalated


def _escalate_team(connection: Connection, team: str) -> int:
    leads = leads_of(connection, team)
    rows = connection.execute(_LATE, {"team": team, "step": STEP, "leads": len(leads)}).all()
    late = sorted(rows, key=lambda row: (row.respond_by, row.reference))
    record(connection, [_event(team, lead.email, late) for lead in leads if late])
    return len(late)


def _event(team: str, email: str, late: list[Row[Any]]) -> Event:
    tickets = [
        {"reference": row.reference, "priority": row.priority, "respond_by": row.respond_by.isoformat()}
        for row in late[:NAMED]
    ]
    payload = {"team": team, "locale": "en", "tickets": tickets, "more": max(len(late) - NAMED, 0)}
    return tickets_escalated(str(uuid7()), payload, {"email": email})
