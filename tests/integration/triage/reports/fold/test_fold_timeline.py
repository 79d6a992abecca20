"""The timeline is counted once, whatever happens meanwhile."""

import json
import threading

import pytest
from sqlalchemy import text

from services.triage.reports.fold import fold_timeline as module
from services.triage.reports.fold.fold_timeline import fold_timeline
from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.reports.known_tickets import fold_all

_ENTRY = text("insert into triage.timeline (ticket, kind, by, message) values (:ticket, :kind, 'Ada', 'x')")


def _fold(triage: Triage) -> bool:
    with triage.engine.begin() as connection:
        return fold_timeline(connection, triage.rulesets.active(connection).compiled)


def _counts(triage: Triage) -> dict[str, int]:
    rows = triage.rows(
        "select measure, sum(count)::int from triage.report_counts group by measure having sum(count) <> 0"
    )
    answers = triage.rows("select count(*) from triage.report_answers")[0][0]
    resolutions = triage.rows("select count(*) from triage.report_resolutions")[0][0]
    return {**dict(map(tuple, rows)), "answers": answers, "resolutions": resolutions}


def test_actions_are_counted_as_they_happen(triage: Triage, people: People) -> None:
    ada = people("agent", "ads", name="Ada")
    reference = triage.submit("ads/metrics")
    fold_all(triage)
    assert _counts(triage) == {"volume": 1, "backlog": 1, "answers": 0, "resolutions": 0}
    ada.post(f"/v1/tickets/{reference}/replies", {"message": "x", "then": "resolve"}, 201)
    fold_all(triage)
    resolved = {"volume": 1, "answered_volume": 1, "answers": 1, "resolutions": 1}
    assert _counts(triage) == resolved
    assert triage.follow_up(reference, message="Still broken.") == 1
    fold_all(triage)
    assert _counts(triage) == {**resolved, "reopened": 1, "backlog": 1}
    ada.post(f"/v1/tickets/{reference}/transfer", {"team": "billing", "reason": "x"})
    triage.withdraw(reference)
    fold_all(triage)
    assert _counts(triage) == {**resolved, "reopened": 1}
    assert triage.rows("select sum(count) from triage.report_counts c join triage.report_keys k on k.id = c.key"
                       " where measure = 'backlog' group by team") == [(0,), (0,)]  # fmt: skip


def test_an_idle_run_writes_nothing(triage: Triage) -> None:
    triage.submit("ads/metrics")
    assert fold_all(triage) == 1
    before = triage.rows("select xmin, ctid from triage.report_position")
    assert not _fold(triage)
    assert triage.rows("select xmin, ctid from triage.report_position") == before
    plan = triage.rows("explain select max(id) from triage.timeline")
    assert "timeline_pkey" in str(plan)


def test_steps_of_any_size_count_the_same(triage: Triage, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 1)
    admin = people("admin")
    for reference in (triage.submit("ads/metrics"), triage.submit("ads/metrics")):
        admin.post(f"/v1/tickets/{reference}/replies", {"message": "x", "then": "resolve"}, 201)
    assert fold_all(triage) > 3
    assert _counts(triage) == {"volume": 2, "answered_volume": 2, "answers": 2, "resolutions": 2}


def test_an_entry_that_commits_after_a_later_one_is_counted(triage: Triage) -> None:
    first, second = triage.submit("ads/metrics"), triage.submit("ads/metrics")
    fold_all(triage)
    with triage.engine.connect() as slow:
        slow.execute(_ENTRY, {"ticket": first, "kind": "replied"})
        triage.rows(
            "insert into triage.timeline (ticket, kind, by, message) values (:t, 'replied', 'Ada', 'x')", t=second
        )
        assert not _fold(triage)
        assert _counts(triage)["answers"] == 0
        # One that begins now draws a later id, so that it is not waited for.
        with triage.engine.connect() as later:
            later.execute(_ENTRY, {"ticket": first, "kind": "reopened"})
            assert not _fold(triage)
            slow.commit()
            assert _fold(triage)
            assert _counts(triage)["answers"] == 2
    fold_all(triage)
    assert _counts(triage)["answers"] == 2


def test_an_entry_that_is_rolled_back_stops_nothing(triage: Triage) -> None:
    reference = triage.submit("ads/metrics")
    with triage.engine.connect() as undone:
        undone.execute(_ENTRY, {"ticket": reference, "kind": "replied"})
        triage.rows("insert into triage.timeline (ticket, kind) values (:t, 'withdrawn')", t=reference)
        assert not _fold(triage)
        undone.rollback()
    fold_all(triage)
    assert _counts(triage) == {"volume": 1, "answers": 0, "resolutions": 0}


def test_a_run_that_ends_before_its_commit_has_counted_nothing(triage: Triage) -> None:
    triage.submit("ads/metrics")
    with triage.engine.connect() as connection:
        assert fold_timeline(connection, triage.rulesets.active(connection).compiled)
        connection.rollback()
    assert _counts(triage) == {"answers": 0, "resolutions": 0}
    fold_all(triage)
    assert _counts(triage) == {"volume": 1, "backlog": 1, "answers": 0, "resolutions": 0}


def test_two_runs_at_once_count_each_entry_once(triage: Triage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    for _ in range(30):
        triage.submit("ads/metrics")
    both = threading.Barrier(2)

    def run() -> None:
        both.wait(10)
        fold_all(triage)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    fold_all(triage)
    assert _counts(triage) == {"volume": 30, "backlog": 30, "answers": 0, "resolutions": 0}


def test_an_entry_of_a_ticket_that_does_not_exist_is_skipped(triage: Triage) -> None:
    triage.rows("insert into triage.timeline (ticket, kind) values ('T-GONE', 'withdrawn')")
    assert fold_all(triage) == 1
    assert not _fold(triage)


def test_what_a_bulk_undid_is_subtracted(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    resolution = {"outcome": "solved", "message": "x"}
    for facts in ({"action": "resolution", "state": "open", "team": "ads"}, None):
        people("admin").post(f"/v1/tickets/{reference}/resolution", resolution)
        fold_all(triage)
        assert (_counts(triage)["resolutions"], _counts(triage)["answers"]) == (1, 1)
        if facts:
            triage.rows(
                "update triage.tickets set state = 'open', resolved_at = null where reference = :r", r=reference
            )
            triage.rows(
                "insert into triage.timeline (ticket, kind, by, facts) values (:r, 'bulk_undone', 'Ada', cast(:f as jsonb))",
                r=reference,
                f=json.dumps(facts),
            )
            fold_all(triage)
            assert _counts(triage) == {"volume": 1, "backlog": 1, "answers": 0, "resolutions": 0}
