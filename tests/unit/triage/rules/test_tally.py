"""What a replay counts."""

import json
from typing import Any

from services.triage.rules.document.parse import parse_document
from services.triage.rules.document.seed import seed_document
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rules.engine.compile import CompiledRuleset, compile_ruleset
from services.triage.rules.engine.decide import decide
from services.triage.rules.engine.decision import DecidingRules, Decision
from services.triage.rules.tally import Tally, difference_of, pairs
from shared.catalog import load
from shared.settings import DEFAULT_TEAMS


def _ruleset(*rules: dict[str, Any]) -> CompiledRuleset:
    parsed, errors = parse_document({**seed_document(), "rules": list(rules)}, vocabulary_of(load(), DEFAULT_TEAMS))
    assert parsed is not None, errors
    return compile_ruleset(parsed)


ALL_TO_BILLING = _ruleset({"id": "all", "then": {"team": "billing", "tags": ["a", "b"]}})
FACTS: dict[str, object] = {"category": "ads/metrics", "message": "hello"}


def _then(**given: object) -> dict[str, object]:
    """A decision as it is stored: read back from JSON."""
    decided = decide(ALL_TO_BILLING, FACTS)
    kept: dict[str, object] = json.loads(json.dumps({**decided._asdict(), "rules": decided.rules._asdict()}))
    return {**kept, **given}


def test_the_same_decision_is_no_change_though_it_was_kept_as_json() -> None:
    tally = Tally()
    assert tally.count(ALL_TO_BILLING, FACTS, _then(), None) == {}
    assert (tally.changed, tally.teams, tally.matched) == (0, {"billing>billing": 1}, {"all": 1})


def test_each_changed_facet_has_both_values() -> None:
    then = _then(team="ads", priority="high", held=True, respond_within="2d", tags=["a"])
    assert difference_of(then, decide(ALL_TO_BILLING, FACTS)) == {
        "team": ("ads", "billing"),
        "priority": ("high", "normal"),
        "held": (True, False),
        "respond_within": ("2d", "8h"),
        "tags": (["a"], ["a", "b"]),
    }


def test_the_order_of_tags_is_no_difference() -> None:
    decision = Decision("ads", "normal", ("b", "a"), None, None, False, DecidingRules(None, None, None, None, ()))
    then = {"team": "ads", "priority": "normal", "tags": ["a", "b"], "respond_within": None, "held": False}
    assert difference_of(then, decision) == {}


def test_agreement_counts_resolved_tickets_only() -> None:
    tally = Tally()
    assert tally.agreement == {"then": None, "draft": None}
    for resolver in ("billing", "billing", "ads", None):
        tally.count(ALL_TO_BILLING, FACTS, _then(team="ads"), resolver)
    assert tally.agreement == {"then": 0.3333, "draft": 0.6667}


def test_a_stored_tally_is_continued() -> None:
    whole, first = Tally(), Tally()
    whole.count(ALL_TO_BILLING, FACTS, _then(team="ads", held=True), "ads")
    first.count(ALL_TO_BILLING, FACTS, _then(team="ads", held=True), "ads")
    second = Tally.of_document(json.loads(json.dumps(first.as_document())))
    for tally in (whole, second):
        tally.count(ALL_TO_BILLING, FACTS, _then(), None)
    assert second == whole
    assert pairs(second.teams) == [
        {"from": "ads", "to": "billing", "count": 1},
        {"from": "billing", "to": "billing", "count": 1},
    ]
