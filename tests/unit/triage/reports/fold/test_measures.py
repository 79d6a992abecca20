"""What counts of a ticket's timeline."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.triage.reports.fold.histories import Entry, History
from services.triage.reports.fold.measures import measure

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
ADA, BEA = uuid4(), uuid4()
ROUTED = Entry(1, START, "routed", facts={"team": "ads"})


def _measured(*entries: Entry) -> Sequence[tuple[int, str, str, UUID | None, int]]:
    history = History(7, START, "now", "ads/metrics", None, [ROUTED, *entries])
    found = measure(history)
    assert all(one.at == START for one in found if one.measure in ("volume", "answered_volume"))
    return [(one.entry, str(one.measure), one.team, one.agent, one.change) for one in found][2:]


def _entry(number: int, kind: str, agent: UUID | None = ADA, *, message: bool = True, **facts: str) -> Entry:
    return Entry(number, START + timedelta(hours=number), kind, agent is not None, agent, message, facts)


@pytest.mark.parametrize("kind", ["replied", "information_requested", "resolved", "disapproved"])
def test_the_first_message_of_a_person_is_the_first_answer(kind: str) -> None:
    found = [one[:4] for one in _measured(_entry(2, kind), _entry(3, kind, BEA)) if "answer" in one[1]]
    assert found == [(2, "first_answer", "ads", ADA), (2, "answered_volume", "ads", ADA)]


@pytest.mark.parametrize(
    "entry",
    [
        _entry(2, "replied", None),
        _entry(2, "resolved", message=False),
        _entry(2, "resolved_in_silence", None),
        _entry(2, "noted"),
        _entry(2, "claimed"),
    ],
)
def test_what_is_no_message_of_a_person_is_no_answer(entry: Entry) -> None:
    assert [one for one in _measured(entry) if "answer" in one[1]] == []


def test_an_answer_counts_for_the_team_that_has_the_ticket_and_the_volume_for_the_first() -> None:
    found = _measured(_entry(2, "transferred", to="billing"), _entry(3, "replied", then="wait"))
    assert found == [
        (2, "backlog", "ads", None, -1),
        (2, "backlog", "billing", None, 1),
        (3, "first_answer", "billing", ADA, 1),
        (3, "answered_volume", "ads", ADA, 1),
    ]


@pytest.mark.parametrize(
    "entry",
    [
        _entry(2, "resolved", message=False),
        _entry(2, "resolved_in_silence", None),
        _entry(2, "disapproved"),
        _entry(2, "replied", then="resolve"),
    ],
)
def test_a_resolution_leaves_the_backlog_once(entry: Entry) -> None:
    found = [one for one in _measured(entry, _entry(3, "withdrawn", None)) if "answer" not in one[1]]
    assert found == [(2, "resolution", "ads", entry.agent, 1), (2, "backlog", "ads", None, -1)]


def test_a_reopening_counts_for_the_resolution_and_is_in_the_backlog_again() -> None:
    found = _measured(
        _entry(2, "resolved", message=False), _entry(3, "reopened", None), _entry(4, "resolved", BEA, message=False)
    )
    assert found[2:] == [
        (3, "reopened", "ads", ADA, 1),
        (3, "backlog", "ads", None, 1),
        (4, "resolution", "ads", BEA, 1),
        (4, "backlog", "ads", None, -1),
    ]


def test_reopening_what_waits_is_no_reopening() -> None:
    assert _measured(_entry(2, "reopened")) == []


def test_a_withdrawn_ticket_is_no_resolution() -> None:
    assert _measured(_entry(2, "withdrawn", None)) == [(2, "backlog", "ads", None, -1)]


def test_a_blocked_ticket_counts_once_it_is_let_in() -> None:
    blocked = Entry(1, START, "routed", facts={"team": "ads", "state": "blocked"})
    entries = [blocked, _entry(2, "withdrawn", None)]
    assert measure(History(7, START, "ads", "ads/metrics", None, entries)) == []
    entries = [blocked, _entry(2, "unblocked", None)]
    found = measure(History(7, START, "ads", "ads/metrics", None, entries))
    assert [(one.entry, one.measure, one.at) for one in found] == [(2, "volume", START), (2, "backlog", START)]


def test_a_merged_ticket_leaves_the_backlog_and_comes_back() -> None:
    found = _measured(_entry(2, "merged"), _entry(3, "unmerged"))
    assert found == [(2, "backlog", "ads", None, -1), (3, "backlog", "ads", None, 1)]
    resolved = _measured(_entry(2, "resolved", message=False), _entry(3, "merged"), _entry(4, "unmerged"))
    assert [one[0] for one in resolved] == [2, 2]


def test_an_undone_resolution_does_not_count() -> None:
    undone = _entry(3, "bulk_undone", BEA, action="resolution", state="open", team="ads")
    found = _measured(_entry(2, "resolved"), undone, _entry(4, "replied", BEA))
    changes: Counter[tuple[str, UUID | None]] = Counter()
    for _, name, _, agent, change in found:
        changes[name, agent] += change
    assert {key: change for key, change in changes.items() if change} == {
        ("first_answer", BEA): 1,
        ("answered_volume", BEA): 1,
    }


def test_an_undone_change_of_a_withdrawn_ticket_leaves_its_resolution() -> None:
    lines = (_entry(2, "resolved"), _entry(3, "reopened"), _entry(4, "withdrawn"))
    undone = _entry(5, "bulk_undone", BEA, action="tags", state="withdrawn", team="ads")
    assert _measured(*lines, undone) == _measured(*lines)


def test_an_undone_transfer_moves_the_ticket_back() -> None:
    found = _measured(
        _entry(2, "transferred", to="billing"), _entry(3, "bulk_undone", action="transfer", state="open", team="ads")
    )
    assert found[2:] == [(3, "backlog", "billing", None, -1), (3, "backlog", "ads", None, 1)]
