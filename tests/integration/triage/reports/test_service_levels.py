"""Service levels: counted in the background, read by week, team and category."""

from typing import Any

import pytest
from sqlalchemy import text

from services.triage.reports.count_waiting_times import count_waiting_times
from services.triage.reports.service_levels import fold_service_counts
from services.triage.timers.mark_breaches import mark_breaches
from tests.integration.triage.conftest import Caller, People, Triage


@pytest.fixture
def admin(people: People) -> Caller:
    return people("admin")


def _read(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        count_waiting_times(connection, triage.rulesets.active(connection).compiled)


def _rows(admin: Caller, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin.get(f"/v1/reports/service-levels{query}")["items"]
    return found


def _age(triage: Triage, reference: str, hours: float) -> None:
    triage.rows(
        "update triage.tickets set created_at = created_at - make_interval(hours => :h) where reference = :r",
        h=hours,
        r=reference,
    )


def test_each_event_counts_once_before_and_after_folding(triage: Triage, admin: Caller) -> None:
    references = [triage.submit("ads/metrics") for _ in range(3)] + [triage.submit("billing/cost")]
    for reference in references:
        _age(triage, reference, 3)
    admin.post(f"/v1/tickets/{references[0]}/replies", {"message": "x", "then": "keep"}, 201)
    admin.post(f"/v1/tickets/{references[0]}/replies", {"message": "x", "then": "wait"}, 201)
    admin.post(f"/v1/tickets/{references[0]}/resolution", {"outcome": "solved"})
    admin.post(f"/v1/tickets/{references[1]}/resolution", {"outcome": "solved"})
    admin.post(f"/v1/tickets/{references[2]}/transfer", {"team": "billing", "reason": "x"})
    for _ in range(2):
        _read(triage)
        with triage.engine.begin() as connection:
            fold_service_counts(connection)
        ads, billing = _rows(admin)
        assert (ads["team"], ads["category"], ads["volume"], ads["misrouted"]) == ("ads", "ads/metrics", 3, 1)
        assert (ads["first_answer"]["count"], ads["resolution"]["count"]) == (2, 2)
        assert ads["first_answer"]["mean_seconds"] == pytest.approx(3 * 3600, abs=60)
        assert ads["first_answer"]["half_within_seconds"] == 4 * 3600
        assert (billing["team"], billing["volume"], billing["first_answer"]["count"]) == ("billing", 1, 0)
    assert triage.rows("select count(*) from triage.service_pending")[0][0] == 0


def test_an_overdue_ticket_counts_once_whether_it_is_marked_or_answered_first(triage: Triage, admin: Caller) -> None:
    marked, answered, in_time = (triage.submit("ads/metrics") for _ in range(3))
    triage.rows(
        "update triage.tickets set respond_by = clock_timestamp() - interval '1 minute' where reference = any(:r)",
        r=[marked, answered],
    )
    admin.post(f"/v1/tickets/{answered}/replies", {"message": "x", "then": "wait"}, 201)
    admin.post(f"/v1/tickets/{in_time}/replies", {"message": "x", "then": "wait"}, 201)
    with triage.engine.begin() as connection:
        assert mark_breaches(connection) == 1
    admin.post(f"/v1/tickets/{marked}/replies", {"message": "x", "then": "wait"}, 201)
    assert [row["breached"] for row in _rows(admin)] == [2]


def test_time_in_which_we_wait_for_the_requester_does_not_count(triage: Triage, admin: Caller) -> None:
    reference = triage.submit("ads/metrics")
    _age(triage, reference, 10)
    triage.rows("alter table triage.timeline disable trigger append_only")
    triage.rows(
        """insert into triage.timeline (ticket, at, kind, facts) values
           (:r, clock_timestamp() - interval '9 hours', 'information_requested', '{}'),
           (:r, clock_timestamp() - interval '1 hour', 'answered_by_requester', '{}')""",
        r=reference,
    )
    triage.rows(
        "update triage.tickets set state = 'resolved', resolved_at = clock_timestamp() where reference = :r",
        r=reference,
    )
    triage.rows("alter table triage.timeline enable trigger append_only")
    _read(triage)
    (row,) = _rows(admin)
    assert row["resolution"]["count"] == 1
    # One hour before the wait and one hour after it.
    assert row["resolution"]["mean_seconds"] == pytest.approx(2 * 3600, abs=60)


def test_an_answer_counts_for_the_team_that_gave_it_even_after_a_transfer(triage: Triage, admin: Caller) -> None:
    reference = triage.submit("ads/metrics")
    admin.post(f"/v1/tickets/{reference}/replies", {"message": "x", "then": "keep"}, 201)
    admin.post(f"/v1/tickets/{reference}/transfer", {"team": "billing", "reason": "x"})
    admin.post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
    _read(triage)
    counts = {row["team"]: (row["first_answer"]["count"], row["resolution"]["count"]) for row in _rows(admin)}
    assert counts == {"ads": (1, 0), "billing": (0, 1)}


def test_visits_to_help_pages_are_part_of_the_report(triage: Triage, admin: Caller) -> None:
    triage.rows("""
        insert into triage.help_counts (day, path, step, count)
        select current_date, 'ads/metrics', step, count from (values ('shown', 10), ('submitted', 3), ('came_back', 1)) as c (step, count)
    """)
    (row,) = _rows(admin, "?team=ads")
    assert (row["team"], row["help_shown"], row["help_spared"]) == ("ads", 10, 6)
    assert _rows(admin, "?team=billing") == []


@pytest.mark.parametrize("query", ["?from=nonsense", "?from=2026-02-01&to=2026-01-01", "?from=2001-01-01"])
def test_a_malformed_period_is_rejected(admin: Caller, query: str) -> None:
    admin.get(f"/v1/reports/service-levels{query}", 422)


def test_an_unknown_team_is_not_found(admin: Caller) -> None:
    admin.get("/v1/reports/service-levels?team=nobody", 404)


def test_agents_do_not_read_reports(people: People) -> None:
    people("agent", "ads").get("/v1/reports/service-levels", 403)
    assert people("auditor").get("/v1/reports/service-levels")["items"] == []


def test_the_report_reads_the_counts_by_their_index(triage: Triage) -> None:
    """The rows to read grow with weeks, teams and categories, not with tickets."""
    triage.submit("ads/metrics")
    with triage.engine.begin() as connection:
        connection.execute(text("set local enable_seqscan = off"))
        plan = "\n".join(
            connection.execute(
                text("explain select * from triage.service_counts where week between '2026-01-05' and '2026-03-02'")
            ).scalars()
        )
    assert "service_counts_by_week" in plan
