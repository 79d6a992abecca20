"""Who is at a ticket."""

from typing import Any

import pytest

from tests.integration.triage.conftest import Caller, People, Triage


def put(caller: Caller, reference: str, doing: Any, status: int = 200) -> Any:
    return caller.put(f"/v1/tickets/{reference}/presence", {"doing": doing}, status)


def present(caller: Caller, reference: str) -> Any:
    return caller.get(f"/v1/tickets/{reference}")["present"]


def test_who_is_there_is_shown_oneself_too(people: People, triage: Triage) -> None:
    ada, bo = people("agent", "ads", name="Ada"), people("agent", "ads", name="Bo")
    reference, other = triage.submit("ads/metrics"), triage.submit("ads/metrics")
    assert present(ada, reference) == []
    assert put(ada, reference, "viewing")["present"] == [{"name": "Ada", "doing": "viewing"}]
    put(bo, reference, "writing")
    assert present(ada, reference) == [{"name": "Ada", "doing": "viewing"}, {"name": "Bo", "doing": "writing"}]
    put(bo, reference, "viewing")
    put(ada, reference, None)
    assert present(bo, reference) == [{"name": "Bo", "doing": "viewing"}]
    assert present(ada, other) == []


def test_it_counts_for_a_minute(people: People, triage: Triage) -> None:
    ada, reference = people("agent", "ads", name="Ada"), triage.submit("ads/metrics")
    put(ada, reference, "writing")
    [row] = triage.rows("select extract(epoch from until - clock_timestamp()) as left from triage.presence")
    assert 50 < row.left <= 60
    triage.rows("update triage.presence set until = clock_timestamp()")
    assert present(ada, reference) == []
    triage.rows("update triage.presence set until = until - interval '6 minutes'")
    put(ada, triage.submit("ads/metrics"), "viewing")
    assert triage.rows("select count(*) as n from triage.presence")[0].n == 1


def test_what_is_repeated_is_no_change(people: People, triage: Triage) -> None:
    ada, reference = people("agent", "ads", name="Ada"), triage.submit("ads/metrics")

    def change() -> int:
        return int(triage.rows("select change from triage.presence")[0].change)

    changes = []
    for doing in ("viewing", "viewing", "writing", "writing", None, None, "viewing"):
        put(ada, reference, doing)
        changes.append(change())
    first, again, writing, still, left, gone, back = changes
    assert first == again < writing == still < left == gone < back
    triage.rows("update triage.presence set until = clock_timestamp()")
    put(ada, reference, "viewing")
    assert change() > back


def test_who_may_not(people: People, triage: Triage) -> None:
    reference = triage.submit("ads/metrics")
    put(people("agent", "billing"), reference, "viewing", 403)
    put(people("auditor"), reference, "viewing", 403)
    put(people("agent", "ads"), "T-0000-0000", "viewing", 404)
    assert people.app.test_client().put(f"/v1/tickets/{reference}/presence", json={"doing": None}).status_code == 401


@pytest.mark.parametrize(
    "body", [{}, {"doing": "sleeping"}, {"doing": 1}, {"doing": ""}, {"doing": "viewing", "since": 1}]
)
def test_bad_bodies(people: People, triage: Triage, body: Any) -> None:
    reference = triage.submit("ads/metrics")
    answer = people("agent", "ads").put(f"/v1/tickets/{reference}/presence", body, 422)
    assert set(answer["errors"]) <= {"doing", "since"}
