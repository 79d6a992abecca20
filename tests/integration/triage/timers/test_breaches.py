"""Warnings, breaches and escalations."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from services.triage.rules.document.model import Calendar
from services.triage.timers.escalate import NAMED, escalate
from services.triage.timers.mark_breaches import mark_breaches
from services.triage.timers.warn import _WARN, warn
from shared.settings import DEFAULT_TEAMS
from tests.integration.triage.conftest import People, Triage


def _due(triage: Triage, reference: str, minutes: float) -> None:
    triage.rows(
        """update triage.tickets set respond_by = clock_timestamp() + make_interval(secs => :seconds),
                  state_since = clock_timestamp() - interval '8 hours' where reference = :reference""",
        seconds=minutes * 60,
        reference=reference,
    )


def _do(triage: Triage, step: Any, *arguments: Any) -> int:
    with triage.engine.begin() as connection:
        done: int = step(connection, *arguments)
    return done


def _warn(triage: Triage, calendar: Calendar | None = None) -> int:
    """Warn 30 minutes ahead, with this calendar for ads."""
    with triage.engine.begin() as connection:
        active = triage.rulesets.active(connection).compiled
        teams = {**active.document.teams, "ads": replace(active.document.teams["ads"], calendar=calendar)}
        compiled = replace(active, document=replace(active.document, teams=teams))
        return warn(connection, compiled, DEFAULT_TEAMS, 30)


def _events(triage: Triage) -> list[Any]:
    return triage.rows("select payload, personal from events.log where type = 'TicketsEscalated' order by id")


def test_a_ticket_is_warned_of_once(triage: Triage) -> None:
    soon, later, late = (triage.submit() for _ in range(3))
    for reference, minutes in ((soon, 20), (later, 60), (late, -1)):
        _due(triage, reference, minutes)
    assert [_warn(triage) for _ in range(2)] == [1, 0]
    assert triage.timeline(soon)[-1] == "breach_near"
    assert "breach_near" not in triage.timeline(later) + triage.timeline(late)


def test_an_answered_ticket_is_warned_of_again_before_its_next_deadline(triage: Triage, people: People) -> None:
    reference = triage.submit()
    _due(triage, reference, 20)
    assert _warn(triage) == 1
    people("admin").post(f"/v1/tickets/{reference}/replies", {"message": "x", "then": "wait"}, 201)
    triage.follow_up(reference)
    _due(triage, reference, 20)
    assert _warn(triage) == 1


def test_a_ticket_due_after_a_weekend_is_warned_of_before_it(triage: Triage) -> None:
    """The team works whole days, except today and tomorrow."""
    now = datetime.now(UTC)
    resting = {now.weekday(), (now + timedelta(days=1)).weekday()}
    calendar = Calendar("UTC", dict.fromkeys(set(range(7)) - resting, (time(0), time(0))))
    back = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    early, later, urgent = (triage.submit("ads/metrics") for _ in range(3))
    for reference, minutes in ((early, 20), (later, 40), (urgent, 20)):
        _due(triage, reference, ((back - now) / timedelta(minutes=1)) + minutes)
    triage.rows("update triage.tickets set priority = 'urgent' where reference = :r", r=urgent)
    assert [_warn(triage, calendar) for _ in range(2)] == [1, 0]
    assert "breach_near" in triage.timeline(early)
    assert _warn(triage) == 0


def test_a_ticket_claimed_shortly_before_its_deadline_is_warned_of(triage: Triage, people: People) -> None:
    reference = triage.submit()
    _due(triage, reference, 29)
    people("agent", "ads").claim()
    assert _warn(triage) == 1


def test_a_released_ticket_is_not_warned_of_marked_or_escalated_again(triage: Triage, people: People) -> None:
    people("lead", "ads")
    agent = people("agent", "ads")
    soon, late = triage.submit(), triage.submit()
    _due(triage, soon, 20)
    _due(triage, late, -1)
    assert [_warn(triage), _do(triage, mark_breaches), _do(triage, escalate, 0)] == [1, 1, 1]
    for claim in agent.claim(limit=2):
        assert agent("DELETE", f"/v1/claims/{claim['claim']}").status_code == 204
    assert triage.ticket(late).breached
    assert [_warn(triage), _do(triage, mark_breaches), _do(triage, escalate, 0)] == [0, 0, 0]
    assert triage.ticket(late).priority == "high"
    counted = triage.rows("select sum(count)::int from triage.service_counts where measure = 'breached'")
    assert counted[0][0] == 1


@pytest.mark.parametrize(
    ("before", "after"), [("low", "normal"), ("normal", "high"), ("high", "urgent"), ("urgent", "urgent")]
)
def test_the_priority_of_a_late_ticket_is_raised_once(triage: Triage, before: str, after: str) -> None:
    reference = triage.submit()
    triage.rows("update triage.tickets set priority = :p where reference = :r", p=before, r=reference)
    _due(triage, reference, -1)
    assert [_do(triage, mark_breaches) for _ in range(2)] == [1, 0]
    ticket = triage.ticket(reference)
    assert (ticket.breached, ticket.priority) == (True, after)
    facts = triage.rows("select facts from triage.timeline where ticket = :r and kind = 'breached'", r=reference)
    assert [row.facts for row in facts] == [{"from": before, "to": after}]


def test_each_lead_of_the_team_gets_one_email(triage: Triage, people: People) -> None:
    people("lead", "ads"), people("lead", "ads"), people("lead", "billing"), people("agent", "ads")
    references = [triage.submit("ads/metrics") for _ in range(3)]
    for reference in references:
        _due(triage, reference, -1)
    _do(triage, mark_breaches)
    assert _do(triage, escalate, 15) == 3
    told = _events(triage)
    assert len(told) == 2
    assert len({row.personal["email"] for row in told}) == 2
    for row in told:
        assert (row.payload["team"], row.payload["more"]) == ("ads", 0)
        assert {ticket["reference"] for ticket in row.payload["tickets"]} == set(references)
    assert triage.timeline(references[0])[-1] == "escalated"


def test_a_team_is_escalated_once_in_the_interval_with_all_late_tickets(triage: Triage, people: People) -> None:
    people("lead", "ads")
    first, second = triage.submit(), triage.submit()
    _due(triage, first, -1)
    _do(triage, mark_breaches)
    assert [_do(triage, escalate, 15), _do(triage, escalate, 15)] == [1, 0]
    _due(triage, second, -1)
    _do(triage, mark_breaches)
    assert _do(triage, escalate, 15) == 0
    triage.rows("update triage.escalations set at = at - interval '16 minutes'")
    assert _do(triage, escalate, 15) == 1
    assert [[one["reference"] for one in row.payload["tickets"]] for row in _events(triage)] == [[first], [second]]


def test_an_email_names_the_first_late_tickets_and_counts_the_others(triage: Triage, people: People) -> None:
    people("lead", "*")
    for _ in range(NAMED + 5):
        _due(triage, triage.submit(), -1)
    _do(triage, mark_breaches)
    _do(triage, escalate, 15)
    (row,) = _events(triage)
    assert (len(row.payload["tickets"]), row.payload["more"]) == (NAMED, 5)


def test_a_team_without_leads_is_on_the_timeline(triage: Triage) -> None:
    reference = triage.submit()
    _due(triage, reference, -1)
    _do(triage, mark_breaches)
    assert _do(triage, escalate, 15) == 1
    assert _events(triage) == []
    assert triage.timeline(reference)[-1] == "escalated"


def test_two_simultaneous_ticks_escalate_once(triage: Triage, people: People) -> None:
    people("lead", "ads")
    _due(triage, triage.submit(), -1)
    _do(triage, mark_breaches)
    with triage.engine.begin() as one:
        assert escalate(one, 15) == 1
        assert _blocked(triage)
    assert _do(triage, escalate, 15) == 0
    assert len(_events(triage)) == 1


def _blocked(triage: Triage) -> bool:
    """Whether a second tick waits for the first one's row; it gives up after a time-out."""

    def ask(connection: Connection) -> None:
        connection.exec_driver_sql("set local lock_timeout = '200ms'")
        escalate(connection, 15)

    with pytest.raises(Exception, match="lock timeout"), triage.engine.begin() as other:
        ask(other)
    return True


def test_warning_reads_no_more_than_what_is_due_soon(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        connection.execute(
            text(
                "insert into triage.tickets (reference, team, state, category, priority, tags, subject, message, email, details,"
                " missing_evidence, key_number, correlation_id, created_at, respond_by, ruleset, facts, decision)"
                " select 'T-' || n, (array['account', 'ads', 'billing'])[1 + n % 3], 'open', 'ads/metrics', 'normal', '{}', '', '', '',"
                " '{}', '{}', 1, 'c', now(), now() + n * interval '1 minute', 1, '{}', '{}' from generate_series(1, 20000) n"
            )
        )
        connection.execute(text("analyze triage.tickets"))
        given = {"soon": '[{"team": "ads", "until": "2100-01-01T00:00:00Z"}]', "seconds": 60, "step": 500}
        plan = connection.execute(text(f"explain {_WARN.text}"), given).scalars().all()
    assert any("Index Cond" in line and "respond_by <= s.until" in line for line in plan), "\n".join(plan)
