"""The difference between two rulesets, rule by rule."""

from hypothesis import given
from hypothesis import strategies as st

from services.triage.rules.diff import difference
from tests.unit.triage.rules.samples import document

RULES = {name: {"id": name, "then": {"tags": [name]}} for name in "abcdef"}


def test_nothing_changed() -> None:
    assert difference(document(RULES["a"]), document(RULES["a"])).empty


def test_added_removed_and_changed() -> None:
    changed = {"id": "b", "then": {"team": "ads"}}
    found = difference(document(RULES["a"], RULES["b"]), document(changed, RULES["c"]))
    assert found.added == [{"id": "c", "at": 1, "rule": RULES["c"]}]
    assert found.removed == [{"id": "a", "at": 0, "rule": RULES["a"]}]
    assert found.changed == [{"id": "b", "from": RULES["b"], "to": changed}]
    assert found.moved == []


def test_one_rule_moved_to_the_top_moves_alone() -> None:
    old, new = document(*(RULES[name] for name in "abcd")), document(*(RULES[name] for name in "dabc"))
    assert difference(old, new).moved == [{"id": "d", "from": 3, "to": 0}]


def test_settings_teams_and_default_teams() -> None:
    found = difference(
        document(teams={"ads": {"respond_within": "8h"}}),
        document(timezone="Europe/Stockholm", default_teams={"ads": "billing"}),
    )
    assert found.settings == {"timezone": {"from": None, "to": "Europe/Stockholm"}}
    assert found.teams == {"ads": {"from": {"respond_within": "8h"}, "to": None}}
    assert found.default_teams["ads"] == {"from": "ads", "to": "billing"}
    assert found.default_teams["account"] == {"from": "account", "to": None}
    assert set(found.as_document()) == {"added", "removed", "changed", "moved", "settings", "teams", "default_teams"}


@given(st.permutations("abcdef"))
def test_what_did_not_move_keeps_its_order(order: list[str]) -> None:
    moved = {
        entry["id"] for entry in difference(document(*RULES.values()), document(*(RULES[name] for name in order))).moved
    }
    staying = [name for name in order if name not in moved]
    assert staying == sorted(staying)
