"""An explanation names the rule that decided each effect, why it matched, and which rules came close."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings

from services.triage.rules.document.parse import parse_document
from services.triage.rules.engine.compile import compile_ruleset
from services.triage.rules.engine.decide import decide
from services.triage.rules.engine.facts import local_time
from services.triage.rules.explain import MAX_NOT_MATCHED, explain
from tests.random_examples import examples
from tests.unit.triage.rules.reference import reference_matches
from tests.unit.triage.rules.samples import VOCABULARY, facts, ruleset
from tests.unit.triage.rules.strategies import documents
from tests.unit.triage.rules.strategies import facts as any_facts

ABROAD: dict[str, Any] = {
    "id": "waitlist-abroad",
    "when": {
        "all": [
            {"field": "category", "within": "ads/getting-started"},
            {"field": "country", "exists": True},
            {"none": [{"field": "country", "is": "US"}]},
        ]
    },
    "then": {"priority": "low", "tags": ["waitlist-international"]},
}


def test_what_decided_and_because_of_which_tests() -> None:
    decided = explain(ruleset(ABROAD), facts("ads/getting-started", country="SE")).decided
    assert decided["priority"] == {"value": "low", "rule": "waitlist-abroad", "because": ABROAD["when"]["all"]}
    assert decided["tags"]["value"] == ["waitlist-international"]
    assert decided["tags"]["rules"] == ["waitlist-abroad"]
    assert decided["team"] == {"value": "ads", "rule": None, "because": [{"field": "category", "within": "ads"}]}
    assert decided["respond_within"] == {"value": None, "rule": None, "because": []}
    assert decided["hold"] == {"value": None, "rule": None, "because": []}


def test_of_any_the_member_that_held_is_named() -> None:
    tests = [{"field": "country", "is": "US"}, {"field": "country", "is": "SE"}]
    compiled = ruleset({"id": "a", "when": {"any": tests}, "then": {"team": "billing"}})
    assert explain(compiled, facts(country="SE")).decided["team"]["because"] == tests[1:]


def test_the_first_test_that_failed() -> None:
    (missed,) = explain(ruleset(ABROAD), facts("ads/getting-started")).not_matched
    assert missed == {
        "rule": "waitlist-abroad",
        "failed": {"field": "country", "exists": True},
        "path": "when.all[1]",
        "held_before": 1,
        "value": None,
    }


def test_rules_that_matched_and_came_too_late_name_the_rule_above() -> None:
    compiled = ruleset(
        {"id": "a", "then": {"priority": "urgent", "tags": ["x"]}},
        {"id": "b", "then": {"priority": "low", "team": "billing", "hold": "evidence", "tags": ["x"]}},
        {"id": "c", "then": {"team": "ads", "hold": "evidence", "respond_within": "1h"}},
        {"id": "d", "when": {"field": "country", "is": "SE"}, "then": {"team": "ads"}},
    )
    assert explain(compiled, facts()).outranked == [
        {"rule": "b", "facet": "priority", "value": "low", "by": "a"},
        {"rule": "c", "facet": "team", "value": "ads", "by": "b"},
        {"rule": "c", "facet": "hold", "value": "evidence", "by": "b"},
    ]


def test_a_test_inside_none_that_held() -> None:
    (missed,) = explain(ruleset(ABROAD), facts("ads/getting-started", country="US")).not_matched
    assert missed["failed"] == {"field": "country", "is": "US"}
    assert (missed["inside"], missed["path"], missed["value"]) == ("none", "when.all[2].none[0]", "US")


def test_rules_that_came_closest_are_first_and_the_list_ends() -> None:
    far = {"id": "far", "when": {"field": "country", "is": "US"}, "then": {"team": "ads"}}
    near = {
        "id": "near",
        "when": {"all": [{"field": "locale", "is": "sv"}, {"field": "country", "is": "US"}]},
        "then": {"team": "ads"},
    }
    missed = explain(ruleset(far, near), facts(locale="sv")).not_matched
    assert [entry["rule"] for entry in missed] == ["near", "far"]
    many = ruleset(*({**far, "id": f"r{number}"} for number in range(MAX_NOT_MATCHED + 1)))
    assert len(explain(many, facts()).not_matched) == MAX_NOT_MATCHED


def test_what_a_person_wrote_is_not_repeated() -> None:
    compiled = ruleset({"id": "a", "when": {"field": "message", "contains_any": ["x"]}, "then": {"team": "ads"}})
    (missed,) = explain(compiled, facts(message="my secret")).not_matched
    assert "value" not in missed


def test_an_empty_any_and_a_group_inside_none() -> None:
    yes = {"field": "category", "within": "account"}
    compiled = ruleset(
        {"id": "a", "when": {"any": []}, "then": {"team": "ads"}},
        {"id": "b", "when": {"none": [{"all": [yes]}]}, "then": {"team": "ads"}},
    )
    failed = {entry["rule"]: entry["failed"] for entry in explain(compiled, facts()).not_matched}
    assert failed == {"a": {"any": []}, "b": {"none": [{"all": [yes]}]}}


@settings(max_examples=examples(100), deadline=None)
@given(documents(), any_facts())
def test_an_explanation_has_the_decision_and_every_reason_holds(
    document: dict[str, Any], ticket: Mapping[str, Any]
) -> None:
    read, _ = parse_document(document, VOCABULARY)
    assert read is not None
    compiled = compile_ruleset(read)
    explanation = explain(compiled, ticket)
    assert explanation.decision == decide(compiled, ticket)
    said = {entry["rule"] for entry in explanation.not_matched}
    seen = {**ticket, **local_time(ticket["submitted_at"], read.timezone)}
    for rule in document["rules"]:
        assert (rule["id"] in said) is not ("when" not in rule or reference_matches(rule["when"], seen))
    for effect in ("team", "priority", "respond_within", "hold"):
        if explanation.decided[effect]["rule"] is not None:
            because: Any = explanation.decided[effect]["because"]
            assert all(reference_matches(test, seen) for test in because)
