"""Counts, search rows, overdue evidence, silent requesters and reminders."""

from sqlalchemy import text

from services.triage.timers.fill_search import STEP, fill_search
from services.triage.timers.fold_counts import fold_counts
from services.triage.timers.mark_breaches import mark_breaches
from services.triage.timers.open_overdue import open_overdue
from services.triage.timers.remind import remind
from services.triage.timers.resolve_silent import resolve_silent
from tests.integration.triage.conftest import People, Triage, submitted

SUMS = "select team, state, sum(change)::int as n from triage.queue_counts group by 1, 2 having sum(change) <> 0 order by 1, 2"


def test_folding_leaves_the_sums_in_one_row_each(triage: Triage, people: People) -> None:
    for _ in range(5):
        triage.submit("ads/metrics")
        triage.submit("billing/cost")
    people("agent", "ads").claim(limit=2)
    before = triage.rows(SUMS)
    assert [tuple(row) for row in before] == [("ads", "claimed", 2), ("ads", "open", 3), ("billing", "open", 5)]
    with triage.engine.begin() as connection:
        fold_counts(connection)
    assert triage.rows(SUMS) == before
    assert triage.rows("select count(*) from triage.queue_counts")[0][0] == 3


def test_folding_skips_locked_rows_and_loses_nothing(triage: Triage) -> None:
    triage.submit("ads/metrics")
    with triage.engine.connect() as slow, slow.begin():
        slow.execute(text("insert into triage.queue_counts (team, state, change) values ('ads', 'open', 1)"))
        with triage.engine.begin() as connection:
            connection.execute(text("set local lock_timeout = '500ms'"))
            fold_counts(connection)
    assert [tuple(row) for row in triage.rows(SUMS)] == [("ads", "open", 2)]


def test_counts_agree_with_the_tickets_after_all_actions(triage: Triage, people: People) -> None:
    admin = people("admin")
    references = [triage.submit("ads/metrics", submitted_at="2026-01-01T00:00:00+00:00") for _ in range(6)]
    with triage.engine.begin() as connection:
        assert mark_breaches(connection) == 6
        assert mark_breaches(connection) == 0
    for reference, (action, body) in zip(
        references,
        [
            ("replies", {"message": "x"}),
            ("resolution", {"outcome": "spam"}),
            ("transfer", {"team": "billing", "reason": "x"}),
            ("takeover", {"lease_seconds": 60}),
        ],
        strict=False,
    ):
        assert admin("POST", f"/v1/tickets/{reference}/{action}", body).status_code < 300
    triage.withdraw(references[4])
    real = triage.rows("""
        select team, state, count(*)::int as n from triage.tickets group by 1, 2
        union all select team, 'breached', count(*)::int from triage.tickets where breached group by 1, 2 order by 1, 2
    """)
    assert sorted(map(tuple, triage.rows(SUMS))) == sorted(map(tuple, real))
    assert ("ads", "breached", 2) in [tuple(row) for row in real]


def test_search_rows_are_written_in_steps(triage: Triage) -> None:
    for _ in range(0, STEP + 10, 170):
        triage.take(*(submitted("ads/metrics") for _ in range(170)))
    with triage.engine.begin() as connection:
        assert fill_search(connection) is True
    with triage.engine.begin() as connection:
        assert fill_search(connection) is False
    left, made = triage.rows(
        "select (select count(*) from triage.search_pending), (select count(*) from triage.search)"
    )[0]
    assert left == 0
    assert made == triage.rows("select count(*) from triage.tickets")[0][0]


def test_a_held_ticket_opens_after_the_time_for_evidence(triage: Triage) -> None:
    reference = triage.submit("business/blocked-link", missing_evidence=["pin_url"])
    young = triage.submit("business/blocked-link", missing_evidence=["pin_url"])
    triage.rows(
        "update triage.tickets set state_since = state_since - interval '15 days' where reference = :r", r=reference
    )
    with triage.engine.begin() as connection:
        assert open_overdue(connection, triage.rulesets.active(connection), 14) == 1
    ticket = triage.ticket(reference)
    assert (ticket.state, ticket.tags, ticket.missing_evidence) == ("open", ["evidence-overdue"], ["pin_url"])
    assert ticket.respond_by is not None
    assert triage.ticket(young).state == "held"
    told = triage.told(reference, "TicketStateChanged")[0]
    assert (told["state"], told["respond_by"]) == ("open", ticket.respond_by.isoformat())


def _days_pass(triage: Triage, days: int) -> None:
    triage.rows("update triage.tickets set state_since = state_since - make_interval(days => :d)", d=days)


def test_a_waiting_ticket_opens_after_the_time_for_requested_evidence(triage: Triage, people: People) -> None:
    agent = people("agent", "business")
    reference = triage.submit("business/blocked-link")
    agent.post(f"/v1/tickets/{reference}/information-requests", {"evidence": ["site_url"]}, 201)
    _days_pass(triage, 15)
    with triage.engine.begin() as connection:
        assert resolve_silent(connection, 14) == 0
        assert open_overdue(connection, triage.rulesets.active(connection), 14) == 1
        assert open_overdue(connection, triage.rulesets.active(connection), 14) == 0
    assert (triage.ticket(reference).state, triage.ticket(reference).tags) == ("open", ["evidence-overdue"])


def test_a_ticket_of_a_silent_requester_is_resolved_with_an_email(triage: Triage, people: People) -> None:
    agent = people("agent", "ads")
    silent, young = triage.submit("ads/metrics"), triage.submit("ads/metrics")
    agent.post(f"/v1/tickets/{silent}/replies", {"message": "x"}, 201)
    _days_pass(triage, 15)
    agent.post(f"/v1/tickets/{young}/replies", {"message": "x"}, 201)
    with triage.engine.begin() as connection:
        assert open_overdue(connection, triage.rulesets.active(connection), 14) == 0
        assert [resolve_silent(connection, 14) for _ in range(2)] == [1, 0]
    assert (triage.ticket(silent).state, triage.ticket(young).state) == ("resolved", "waiting")
    assert [told["outcome"] for told in triage.told(silent, "TicketResolved")] == ["no_answer"]
    assert triage.timeline(silent)[-1] == "resolved_in_silence"
    assert triage.told(silent, "TicketStateChanged")[-1]["state"] == "resolved"
    triage.follow_up(silent)
    assert triage.ticket(silent).state == "open"


def test_a_requester_is_reminded_once_of_missing_evidence(triage: Triage, people: People) -> None:
    held = triage.submit("business/blocked-link", missing_evidence=["pin_url"])
    asked = triage.submit("business/blocked-link")
    body = {"evidence": ["site_url"], "message": "x"}
    people("agent", "business").post(f"/v1/tickets/{asked}/information-requests", body, 201)
    answered = triage.submit("business/pin-button")
    people("agent", "business").post(f"/v1/tickets/{answered}/replies", {"message": "x"}, 201)
    with triage.engine.begin() as connection:
        assert remind(connection, 3) == 0
    triage.rows("update triage.tickets set state_since = state_since - interval '4 days'")
    with triage.engine.begin() as connection:
        assert remind(connection, 3) == 2
        assert remind(connection, 3) == 0
    [told] = triage.told(held, "EvidenceRequested")
    assert (told["evidence"], told["reminder"]) == (["pin_url"], True)
    assert [told["reminder"] for told in triage.told(asked, "EvidenceRequested")] == [False, True]
    assert triage.timeline(held) == ["routed", "reminded"]
