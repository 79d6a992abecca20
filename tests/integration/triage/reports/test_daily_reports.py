"""The daily reports, checked against figures computed by hand; known_tickets.py has the tickets."""

from typing import Any

import pytest

from services.triage.reports.daily.registry import REPORTS
from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.reports.known_tickets import HOUR, KnownTickets, fold_all, give_ads_office_hours

MON, TUE, WED = "2026-11-02", "2026-11-03", "2026-11-04"


@pytest.fixture
def admin(people: People) -> Caller:
    return people("admin")


@pytest.fixture
def written(triage: Triage, admin: Caller) -> KnownTickets:
    give_ads_office_hours(admin)
    made = KnownTickets(triage)
    made.write()
    fold_all(triage)
    return made


def _report(who: Caller, name: str, first: str = MON, last: str = WED, **more: str) -> dict[str, Any]:
    extra = "".join(f"&{key}={value}" for key, value in more.items())
    found: dict[str, Any] = who.get(f"/v1/reports/{name}?from={first}&to={last}{extra}")
    return found


def _by_key(report: dict[str, Any], *names: str) -> dict[str | None, tuple[Any, ...]]:
    return {item["key"]: tuple(item[name] for name in names) for item in report["items"]}


def _by_day(report: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(day[name] for name in names) for day in report["days"]]


def test_volume_counts_each_ticket_on_the_day_of_its_team_and_for_the_team_that_it_came_to(
    admin: Caller, written: KnownTickets
) -> None:
    report = _report(admin, "volume")
    # A, B, C, E and F came to ads; D came to billing, although it was transferred later.
    assert _by_key(report, "count") == {"ads": (5,), "billing": (1,)}
    # Monday A, B, D; Tuesday C (00:30 in Stockholm) and E; Wednesday F.
    assert _by_day(report, "day", "count") == [(MON, 3), (TUE, 2), (WED, 1)]
    assert (report["total"], report["previous"]) == ({"count": 6}, {"count": 0})
    assert _by_key(_report(admin, "volume", by="category"), "count") == {
        "ads/metrics": (4,),
        "ads/disapproved": (1,),
        "billing/cost": (1,),
    }
    assert _by_key(_report(admin, "volume", by="rule"), "count") == {"r1": (2,), None: (4,)}
    # A and C were answered first by Ada; B, D and F by Bea; E by nobody.
    assert _by_key(_report(admin, "volume", by="agent"), "count") == {
        "bea@example.org": (3,),
        "ada@example.org": (2,),
        None: (1,),
    }


WAITING = ("count", "median_seconds", "p90_seconds")


def test_first_answers_are_a_persons_and_wait_in_working_hours(admin: Caller, written: KnownTickets) -> None:
    report = _report(admin, "first-answer")
    # 0.5 h (F), 1.5 h (B), 2 h (A), 4 h (C), 19 h (D): the 3rd of 5 is the median, the 5th (4.5 rounded up) the 90th percentile.
    assert _by_key(report, *WAITING) == {"ads": (5, 2 * HOUR, 19 * HOUR)}
    assert report["total"] == dict(zip(WAITING, (5, 2 * HOUR, 19 * HOUR), strict=True))
    # Monday A; Tuesday B and C; Wednesday F and D. Of two values the first is the median.
    assert _by_day(report, *WAITING) == [
        (1, 2 * HOUR, 2 * HOUR),
        (2, 1.5 * HOUR, 4 * HOUR),
        (2, 0.5 * HOUR, 19 * HOUR),
    ]
    assert _by_key(_report(admin, "first-answer", by="agent"), *WAITING) == {
        "ada@example.org": (2, 2 * HOUR, 4 * HOUR),  # A, C
        "bea@example.org": (3, 1.5 * HOUR, 19 * HOUR),  # F, B, D
    }
    assert _by_key(_report(admin, "first-answer", by="rule"), *WAITING) == {
        "r1": (2, 2 * HOUR, 4 * HOUR),  # A, C
        None: (3, 1.5 * HOUR, 19 * HOUR),  # F, B, D
    }
    assert {item["name"] for item in _report(admin, "first-answer", by="agent")["items"]} == {"Ada", "Bea"}


def test_a_resolution_counts_once_a_ticket_by_the_last_in_the_period(admin: Caller, written: KnownTickets) -> None:
    # 3.5 h (B, the second time), 4 h (A), 4 h (C).
    assert _by_key(_report(admin, "resolution"), *WAITING) == {"ads": (3, 4 * HOUR, 4 * HOUR)}
    # Until Tuesday B counts by its first resolution: 1.5 h (B), 4 h (A), 4 h (C).
    tuesday = _report(admin, "resolution", TUE, TUE)
    assert _by_key(tuesday, *WAITING) == {"ads": (3, 4 * HOUR, 4 * HOUR)}
    assert _by_key(_report(admin, "resolution", TUE, TUE, by="agent"), *WAITING) == {
        "ada@example.org": (2, 4 * HOUR, 4 * HOUR),  # A, C
        "bea@example.org": (1, 1.5 * HOUR, 1.5 * HOUR),  # B
    }
    wednesday = _report(admin, "resolution", WED, WED)
    assert wednesday["total"] == dict(zip(WAITING, (1, 3.5 * HOUR, 3.5 * HOUR), strict=True))
    assert wednesday["previous"] == tuesday["total"]


def test_a_reopening_counts_for_whom_the_resolution_was(admin: Caller, written: KnownTickets) -> None:
    report = _report(admin, "reopened", by="agent")
    # Resolutions: A, C and B the second time are Ada's, B the first time is Bea's and was reopened.
    assert _by_key(report, "reopened", "resolved", "share") == {
        "bea@example.org": (1, 1, 1.0),
        "ada@example.org": (0, 3, 0.0),
    }
    assert report["total"] == {"reopened": 1, "resolved": 4, "share": 0.25}
    assert _by_day(report, "reopened", "resolved", "share") == [(0, 0, None), (0, 3, 0.0), (1, 1, 1.0)]


def test_the_backlog_has_the_age_of_its_tickets_at_the_end_of_each_day(admin: Caller, written: KnownTickets) -> None:
    ages = ("count", "days_0", "days_1_2", "days_3_6", "days_7_29", "days_30", "old")
    monday = _report(admin, "backlog", MON, MON)
    # A and B; D is billing's. C is Tuesday's in Stockholm.
    assert _by_key(monday, *ages) == {"ads": (2, 2, 0, 0, 0, 0, 0), "billing": (1, 1, 0, 0, 0, 0, 0)}
    report = _report(admin, "backlog")
    # Wednesday: D since Monday and F since Wednesday, both with ads.
    assert _by_key(report, *ages) == {"ads": (2, 1, 1, 0, 0, 0, 0)}
    # Tuesday: D and E; A, B and C were resolved.
    assert _by_day(report, "day", *ages) == [
        (MON, 3, 3, 0, 0, 0, 0, 0),
        (TUE, 2, 1, 1, 0, 0, 0, 0),
        (WED, 2, 1, 1, 0, 0, 0, 0),
    ]
    assert report["previous"]["count"] == 0
    # 30 and 28 days later.
    later = _report(admin, "backlog", "2026-11-20", "2026-12-02")
    assert _by_key(later, *ages) == {"ads": (2, 0, 0, 0, 1, 1, 2)}


def test_the_backlog_of_an_agent_is_what_they_own_now(admin: Caller, written: KnownTickets, triage: Triage) -> None:
    now = admin.get("/v1/reports/backlog?by=agent")
    assert {item["key"]: item["count"] for item in now["items"]} == {"bea@example.org": 1, None: 1}
    assert now["total"]["count"] == 2
    of_bea = admin.get("/v1/reports/backlog?agent=bea@example.org")
    assert of_bea["total"]["count"] == 1
    assert "to" in admin.get(f"/v1/reports/backlog?by=agent&from={MON}&to={WED}", 422)["errors"]


def test_filters_narrow_every_report(admin: Caller, written: KnownTickets) -> None:
    assert _report(admin, "volume", team="billing")["total"]["count"] == 1
    assert _report(admin, "volume", category="ads")["total"]["count"] == 5
    assert _report(admin, "volume", category="ads/disapproved")["total"]["count"] == 1
    assert _report(admin, "volume", category="ads/disa")["total"]["count"] == 0
    assert _report(admin, "volume", rule="r1")["total"]["count"] == 2
    assert _report(admin, "volume", agent="Bea@Example.org")["total"]["count"] == 3
    assert _report(admin, "first-answer", agent="ada@example.org")["total"]["count"] == 2
    assert _report(admin, "resolution", rule="r1", team="ads")["total"]["count"] == 2
    assert _report(admin, "reopened", category="ads/disapproved")["total"] == {
        "reopened": 0,
        "resolved": 1,
        "share": 0.0,
    }
    assert _report(admin, "backlog", category="billing")["total"]["count"] == 1  # D, now with ads


@pytest.mark.parametrize("name", [report.name for report in REPORTS.values() if report.permission == "tickets.read"])
def test_who_reads_what(people: People, written: KnownTickets, name: str) -> None:
    path = f"/v1/reports/{name}"
    agent, lead, auditor = people("agent", "billing"), people("lead", "billing"), people("auditor")
    teams = {item["key"] for item in _report(agent, name, MON, MON)["items"]}
    assert teams <= {"billing"}
    agent.get(f"{path}?team=ads", 403)
    agent.get(f"{path}?by=agent", 403)
    agent.get(f"{path}?agent=ada@example.org", 403)
    lead.get(f"{path}?team=ads")
    lead.get(f"{path}?team=ads&by=agent", 403)
    # Bea of ads was the first to answer a ticket that came to billing.
    assert {item["key"] for item in lead.get(f"{path}?by=agent")["items"]} <= {None, "bea@example.org"}
    assert "ada@example.org" not in lead("GET", f"{path}?by=agent").text
    auditor.get(f"{path}?by=agent")
    assert people("agent").get(path)["items"] == []


@pytest.mark.parametrize("name", REPORTS)
def test_bad_input_is_named(admin: Caller, name: str) -> None:
    path = f"/v1/reports/{name}"
    for query, field in (
        ("from=yesterday", "from"),
        ("to=2026-13-01", "to"),
        (f"from={WED}&to={MON}", "to"),
        ("from=2024-01-01&to=2026-01-01", "from"),
        ("from=0001-01-01&to=0001-02-01", "from"),
        ("to=9999-12-31", "to"),
        ("by=colour", "by"),
        ("agent=nobody@example.org", "agent"),
        ("category=%00", "category"),
        ("rule=%00", "rule"),
        ("agent=%00", "agent"),
    ):
        assert field in admin.get(f"{path}?{query}", 422)["errors"], query
    admin.get(f"{path}?team=nobody", 404)
    empty = admin.get(path)
    assert (empty["items"], len(empty["days"])) == ([], 30)
    assert empty["total"] == empty["previous"]
