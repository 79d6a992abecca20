"""The report against sets that are counted by hand: by team, category, rule, agent; e-mails, bounces, days."""

from datetime import date

import pytest
from sqlalchemy import text

from services.triage.reports.daily import satisfaction
from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.satisfaction.conftest import Resolved


def test_a_set_counted_by_hand(triage: Triage, resolved: Resolved, people: People) -> None:
    """Three teams, two agents:

    | tickets | team    | category       | rule             | agent | e-mails | good | bad |
    | 3       | ads     | ads/metrics    | none             | Ada   | 3       | 2    | 0   |
    | 2       | ads     | ads/metrics    | none             | Bo    | 2       | 0    | 1   |
    | 2       | billing | business/other | business-invoice | Bo    | 2       | 1    | 1   |
    | 1       | account | account/login  | none             | Ada   | 1       | 0    | 0   |
    """
    ada, bo = people("admin", name="Ada"), people("admin", name="Bo")
    three = [resolved.new("solved", by=ada), resolved.new("not_solved", by=ada), resolved.new("reply", by=ada)]
    two = [resolved.new("solved", by=bo) for _ in range(2)]
    moved = []
    for _ in range(2):
        reference = triage.submit("business/other", message="Where is the receipt of my invoice?")
        event = resolved.resolve(reference, by=bo)
        triage.take(resolved.mailed(reference, event))
        moved.append((reference, event))
    resolved.new("reply", category="account/login", by=ada)
    for (reference, event), answer in zip(
        [*three[:2], two[0], *moved], ["good", "good", "bad", "good", "bad"], strict=True
    ):
        triage.take(resolved.given(reference, event, answer))
    assert resolved.report("by=team") == {"ads": (5, 3, 2, 1), "billing": (2, 2, 1, 1), "account": (1, 0, 0, 0)}
    assert resolved.report("by=category") == {
        "ads/metrics": (5, 3, 2, 1),
        "business/other": (2, 2, 1, 1),
        "account/login": (1, 0, 0, 0),
    }
    assert resolved.report("by=rule") == {None: (6, 3, 2, 1), "business-invoice": (2, 2, 1, 1)}
    assert resolved.report("by=agent") == {ada.email: (4, 2, 2, 0), bo.email: (4, 3, 1, 2)}
    assert resolved.report("") == resolved.report("by=team")
    assert list(resolved.report("by=team")) == ["ads", "billing", "account"], "the most asked first"


@pytest.mark.parametrize("how", ["duplicate", "spam", "wait"])
def test_mails_that_do_not_ask_are_not_sent(triage: Triage, resolved: Resolved, how: str) -> None:
    resolved.new(how)
    assert resolved.report() == {}


def test_mails_of_silence_disapproval_copies_and_acknowledgements_do_not_count(
    triage: Triage, resolved: Resolved
) -> None:
    reference = triage.submit()
    event = resolved.resolve(reference)
    triage.take(
        resolved.mailed(reference, event, participant=True),
        resolved.mailed(reference, event, kind="acknowledgement"),
        resolved.mailed(reference, event, state="queued"),
        resolved.mailed(reference, event, state="deferred"),
    )
    assert resolved.report() == {}
    other = triage.submit()
    resolved.caller.post(f"/v1/tickets/{other}/disapproval", {"reasons": ["excessive_hashtags"], "message": "No."})
    cause = triage.rows("select facts ->> 'email_event' as e from triage.timeline where kind = 'disapproved'")[0].e
    triage.take(resolved.mailed(other, cause, kind="disapproval"))
    assert resolved.report() == {}


@pytest.mark.parametrize("state", ["bounced", "failed", "suppressed"])
def test_a_mail_that_did_not_arrive_does_not_count_unless_it_was_answered(
    triage: Triage, resolved: Resolved, state: str
) -> None:
    reference, event = resolved.new()
    triage.take(resolved.mailed(reference, event, state=state))
    assert resolved.report() == {}
    triage.take(resolved.mailed(reference, event))
    assert resolved.report() == {"ads": (1, 0, 0, 0)}
    triage.take(resolved.given(reference, event), resolved.mailed(reference, event, state=state))
    assert resolved.report() == {"ads": (1, 1, 1, 0)}


def test_the_news_of_one_mail_in_a_batch_is_the_newest(triage: Triage, resolved: Resolved) -> None:
    reference = triage.submit()
    event = resolved.resolve(reference)
    numbers = triage.record(resolved.mailed(reference, event), resolved.mailed(reference, event, state="bounced"))
    triage.consumer.consume(numbers)
    assert resolved.report() == {}


def _at(triage: Triage, reference: str, moment: str) -> None:
    triage.rows("update triage.satisfaction set resolved_at = :at where ticket = :r", at=moment, r=reference)


def test_both_days_are_included_in_the_time_zone_of_the_ruleset(triage: Triage, resolved: Resolved) -> None:
    for moment in ("2026-02-28 23:59:59.999+00", "2026-03-01 00:00+00", "2026-03-02 23:59:59+00", "2026-03-03 00:00Z"):
        _at(triage, resolved.new()[0], moment)
    assert resolved.report("from=2026-03-01&to=2026-03-02") == {"ads": (2, 0, 0, 0)}
    assert resolved.report("from=2026-02-28&to=2026-03-03") == {"ads": (4, 0, 0, 0)}
    assert resolved.report("from=2026-03-03&to=2026-03-03") == {"ads": (1, 0, 0, 0)}
    assert resolved.report("from=2026-03-04&to=2026-03-04") == {}
    days = resolved.caller.get("/v1/reports/satisfaction?from=2026-02-28&to=2026-03-03")["days"]
    assert {one["day"]: one["sent"] for one in days} == {
        "2026-02-28": 1, "2026-03-01": 1, "2026-03-02": 1, "2026-03-03": 1
    }  # fmt: skip


def test_a_closed_account_keeps_its_figures(triage: Triage, resolved: Resolved, people: People) -> None:
    resolved.new()
    triage.rows("update auth.users set disabled_at = now() where email = :e", e=resolved.caller.email)
    items = people("auditor").get("/v1/reports/satisfaction?by=agent")["items"]
    assert [(one["key"], one["sent"]) for one in items] == [(resolved.caller.email, 1)]


def test_the_team_that_resolved_it_keeps_the_answer_after_a_transfer(triage: Triage, resolved: Resolved) -> None:
    reference, event = resolved.new()
    resolved.caller.post(f"/v1/tickets/{reference}/reopening", {"reason": "Again"})
    resolved.caller.post(f"/v1/tickets/{reference}/transfer", {"team": "billing", "reason": "Theirs"})
    triage.take(resolved.given(reference, event, "bad"))
    assert resolved.report() == {"ads": (1, 1, 0, 1)}


def test_it_is_read_from_an_index_alone(triage: Triage, resolved: Resolved) -> None:
    """So that a million resolutions take a fraction of a second."""
    triage.rows("""
        insert into triage.satisfaction (resolution, ticket, entry, resolved_at, mailed, team, category, answer)
        select gen_random_uuid(), 'T', n, now() - make_interval(mins => n), true, 'ads', 'ads/metrics', 'good'
        from generate_series(1, 20000) n
    """)
    with triage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze triage.satisfaction")
        statement = text(f"explain {satisfaction.STATEMENTS['team', True]}")
        day = date.today()
        values = {"first": day, "last": day, "teams": ["ads"], "category": None, "rule": None, "agent": None}
        plan = "\n".join(row[0] for row in connection.execute(statement, {**values, "timezone": "Europe/Stockholm"}))
    assert "Index Only Scan using satisfaction_by_time" in plan, plan


def test_reading_is_for_leads_admins_and_auditors(people: People) -> None:
    people("agent", "ads").get("/v1/reports/satisfaction", 403)
    for role in ("lead", "admin", "auditor"):
        assert people(role).get("/v1/reports/satisfaction")["items"] == []


def test_figures_of_agents_are_for_the_leads_of_their_team(triage: Triage, resolved: Resolved, people: People) -> None:
    resolved.new()
    resolved.new(category="billing/cost")
    for team, seen in (("ads", 1), ("account", 0)):
        items = people("lead", team).get("/v1/reports/satisfaction?by=agent")["items"]
        assert sum(one["sent"] for one in items) == seen
    assert [one["key"] for one in people("lead", "ads").get("/v1/reports/satisfaction")["items"]] == ["ads", "billing"]
