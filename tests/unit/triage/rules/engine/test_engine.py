"""The engine decides what the reference decides, and looks at few rules to do so."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.rules.document.parse import parse_document
from services.triage.rules.engine.compile import compile_ruleset
from services.triage.rules.engine.decide import decide
from shared.conditions import MemoisedFacts
from tests.random_examples import examples
from tests.unit.triage.rules.reference import reference_decision
from tests.unit.triage.rules.samples import DEFAULT_TEAMS, VOCABULARY, facts, ruleset
from tests.unit.triage.rules.strategies import documents, plain_documents
from tests.unit.triage.rules.strategies import facts as any_facts

SWEDEN = {"field": "country", "is": "SE"}


@settings(max_examples=examples(250), deadline=None)
@given(documents() | plain_documents(), st.lists(any_facts(), min_size=1, max_size=6))
def test_the_engine_decides_what_the_reference_decides(
    document: dict[str, Any], tickets: list[Mapping[str, Any]]
) -> None:
    read, errors = parse_document(document, VOCABULARY)
    assert read is not None, errors
    compiled = compile_ruleset(read)
    for ticket in tickets:
        expected = reference_decision(document, ticket)
        decision = decide(compiled, ticket)
        assert decision.team == expected["team"]
        assert decision.priority == expected["priority"]
        assert decision.respond_within == expected["respond_within"]
        assert list(decision.tags) == expected["tags"]
        assert decision.hold == expected.get("hold")
        assert decision.held is expected["held"]
        assert list(decision.rules.tags) == expected["tag_rules"]
        for effect in ("team", "priority", "respond_within", "hold"):
            assert getattr(decision.rules, effect) == expected.get(f"{effect}_rule")


def test_the_first_matching_rule_decides_each_effect_and_tags_add_up() -> None:
    compiled = ruleset(
        {"id": "a", "then": {"priority": "high", "tags": ["x", "y"]}},
        {"id": "b", "then": {"priority": "low", "team": "ads", "tags": ["y", "z"]}},
        {"id": "c", "then": {"team": "billing"}},
    )
    decision = decide(compiled, facts())
    assert (decision.priority, decision.team, decision.tags) == ("high", "ads", ("x", "y", "z"))
    assert (decision.rules.priority, decision.rules.team, decision.rules.tags) == ("a", "b", ("a", "b"))


def test_what_no_rule_sets_comes_from_the_path_and_its_team() -> None:
    decision = decide(ruleset(teams={"ads": {"respond_within": "8h"}}), facts("ads/loading"))
    assert (decision.team, decision.priority, decision.respond_within) == ("ads", "normal", "8h")
    assert decision.rules == (None, None, None, None, ())


def test_the_time_to_respond_is_that_of_the_team_decided_on() -> None:
    compiled = ruleset(
        {"id": "a", "then": {"team": "billing"}},
        teams={"ads": {"respond_within": "8h"}, "billing": {"respond_within": "2d"}},
    )
    assert decide(compiled, facts("ads/loading")).respond_within == "2d"


def test_a_ticket_is_held_only_when_evidence_is_missing_and_a_rule_sets_hold() -> None:
    holding = ruleset({"id": "a", "then": {"hold": "evidence"}})
    assert decide(holding, facts(missing_evidence=["screenshot"])).held
    assert not decide(holding, facts()).held
    assert not decide(ruleset(), facts(missing_evidence=["screenshot"])).held


def test_a_path_that_the_ruleset_does_not_know_still_reaches_a_team() -> None:
    compiled = ruleset()
    for odd in ("new/path", "", None, ["odd"]):
        assert decide(compiled, {"category": odd}).team in DEFAULT_TEAMS.values()
    assert decide(compiled, {}).team in DEFAULT_TEAMS.values()


@settings(max_examples=examples(60), deadline=None)
@given(
    documents(),
    st.dictionaries(
        st.sampled_from(["category", "country", "text", "message", "attachment.type", "hour", "details.closed_on"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.lists(st.text() | st.dictionaries(st.text(), st.none())),
    ),
)
def test_no_facts_make_it_raise(document: dict[str, Any], odd: dict[str, Any]) -> None:
    read, _ = parse_document(document, VOCABULARY)
    assert read is not None
    decide(compile_ruleset(read), odd)


def test_ten_thousand_rules_leave_few_candidates() -> None:
    """The promise about speed rests on this; counted, not timed."""
    paths = sorted(VOCABULARY.categories)
    countries = ("SE", "NO", "DK", "DE", "US")
    conditions: list[list[dict[str, object]]] = [
        [{"field": "email_domain", "is": "shop{}.example"}],
        [{"field": "text", "contains_any": ["word{}", "two words{}"]}],
        [{"any": [{"field": "details.closed_on", "is": "{}"}, {"field": "email_domain", "in": ["{}.example"]}]}],
        [{"field": "details.card_country", "is": "X{}"}, {"field": "hour", "at_least": 18}],
    ]
    rules: list[dict[str, object]] = []
    for number in range(10_000):
        own = [_filled(test, str(number)) for test in conditions[number % 4]]
        own.append({"field": "category", "is": paths[number % len(paths)]})
        own.append({"field": "country", "is": countries[number % 5]})
        rules.append({"id": f"r{number}", "when": {"all": own}, "then": {"tags": ["t"]}})
    compiled = ruleset(*rules)
    for path in paths:
        found: list[int] = []
        ticket = facts(path, country="SE", message="a word1 and two words5", email="anna@shop12.example")
        compiled.index.collect(MemoisedFacts(ticket), found)
        assert len(found) <= 10


@pytest.mark.parametrize(
    "when",
    [
        {"field": "text", "contains_any": ["please call{}"]},
        {"any": [{"all": [SWEDEN, {"field": "text", "contains_any": ["word{}"]}]}, {"field": "locale", "is": "x{}"}]},
        {
            "any": [
                {"all": [{"field": "locale", "is": "x{}"}, SWEDEN]},
                {"all": [SWEDEN, {"field": "subject", "is": "{}"}]},
            ]
        },
        {
            "all": [
                {"field": "hour", "at_least": 1},
                {"none": [{"field": "locale", "is": "sv"}]},
                {"field": "subject", "is": "{}"},
            ]
        },
    ],
)
def test_what_all_rules_ask_for_is_not_what_they_are_found_by(when: dict[str, Any]) -> None:
    compiled = ruleset(*({"id": f"r{n}", "when": _filled(when, str(n)), "then": {"tags": ["t"]}} for n in range(500)))
    found: list[int] = []
    compiled.index.collect(
        MemoisedFacts(facts(country="SE", subject="7", message="please do not call word7 call7")), found
    )
    assert set(found) <= {7}


def _filled(value: Any, number: str) -> Any:
    if isinstance(value, str):
        return value.replace("{}", number)
    if isinstance(value, list):
        return [_filled(element, number) for element in value]
    return {key: _filled(element, number) for key, element in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("path", ["business", "business/buyable-pins", "business/buyable-pins/status"])
def test_a_rule_about_any_level_above_a_path_is_found(path: str) -> None:
    compiled = ruleset({"id": "a", "when": {"field": "category", "within": path}, "then": {"team": "ads"}})
    assert decide(compiled, facts("business/buyable-pins/status")).team == "ads"


@pytest.mark.parametrize(
    "test",
    [
        {"field": "text", "contains_any": ["two words"]},
        {"field": "text", "is": "just two words"},
        {"field": "attachment.type", "is": "pdf"},
        {"field": "missing_evidence", "in": ["screenshot", "pin_url"]},
        {"field": "locale", "matches": "^sv"},
        {"any": [{"field": "country", "is": "SE"}, {"field": "email_domain", "is": "no.example"}]},
        {"none": [{"field": "country", "is": "US"}]},
        {"field": "platform", "exists": False},
        {"field": "previous_tickets", "at_most": 0},
        {"field": "weekday", "is": "fri"},
        {"field": "hour", "at_least": 10, "at_most": 10},
    ],
)
def test_the_index_finds_a_rule_by_any_kind_of_test(test: dict[str, object]) -> None:
    others = [
        {"id": f"o{n}", "when": {"field": "email_domain", "is": f"{n}.example"}, "then": {"team": "ads"}}
        for n in range(9)
    ]
    compiled = ruleset(*others, {"id": "a", "when": test, "then": {"team": "billing"}})
    ticket = facts(
        message="just two words",
        attachment_types=["application/pdf"],
        missing_evidence=["screenshot"],
        locale="sv",
        country="SE",
    )
    assert decide(compiled, ticket).team == "billing"
