"""The deflection report over HTTP."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from services.triage.reports.deflection import fold_help_counts
from shared.events.contracts import Event, help_funnel_counted
from tests.integration.triage.conftest import People, Triage


def counted(path: str, step: str, count: int, days_ago: int = 0) -> Event:
    day = (datetime.now(UTC) - timedelta(days=days_ago)).date().isoformat()
    return help_funnel_counted("c", {"counts": [{"day": day, "path": path, "step": step, "count": count}]})


def test_steps_are_summed_by_path_and_the_method_is_included(people: People, triage: Triage) -> None:
    triage.take(
        counted("account/login", "shown", 5),
        counted("account/login", "shown", 2),
        counted("account/login", "came_back", 1),
        counted("ads/metrics", "solved", 3),
        counted("ads/metrics", "solved", 90, days_ago=40),
    )
    report = people("lead").get("/v1/reports/deflection")
    zero = {"shown": 0, "solved": 0, "went_on": 0, "submitted": 0, "came_back": 0}
    assert report["items"] == [
        {"path": "account/login", **zero, "shown": 7, "came_back": 1},
        {"path": "ads/metrics", **zero, "solved": 3},
    ]
    assert "HMAC" in report["method"]
    longer = people("lead").get("/v1/reports/deflection?days=60")
    assert longer["items"][1]["solved"] == 93


def test_folding_changes_no_figure(people: People, triage: Triage, engine: Engine) -> None:
    triage.take(*(counted("ads/metrics", "shown", 1) for _ in range(5)))
    with engine.begin() as connection:
        fold_help_counts(connection)
        assert connection.execute(text("select count from triage.help_counts")).scalars().all() == [5]
    assert people("lead").get("/v1/reports/deflection")["items"][0]["shown"] == 5


def test_agents_do_not_read_reports(people: People) -> None:
    people("agent", "ads").get("/v1/reports/deflection", 403)
