"""An operator is added by registering it. The one here is negative: it holds when the field is absent, the hardest case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.triage.console.ticket.why import in_words
from services.triage.rules.document.model import Effects, Rule, RulesetDocument
from services.triage.rules.document.parse import parse_document
from services.triage.rules.document.schema import json_schema
from services.triage.rules.engine.compile import compile_ruleset
from services.triage.rules.engine.decide import decide
from services.triage.rules.engine.index import build
from services.triage.rules.explain import explain
from services.triage.rules.lint.implication import conjuncts, contradict, implies, impossible
from services.triage.rules.lint.lint import lint
from shared.conditions import OPERATORS, FieldTest, Operator, UnknownOperator, Vocabulary, matches, parse
from shared.conditions.fields import FIELD_KINDS
from shared.conditions.operands import Operand, OperandReader
from shared.conditions.operators.equality import check_equality, comparable
from shared.conditions.operators.operator import Check, always, always_candidate, nothing_named, unknown
from tests.random_examples import examples
from tests.rules_page import operator_table
from tests.unit.triage.rules.reference import reference_decision, reference_matches
from tests.unit.triage.rules.samples import DEFAULT_TEAMS, VOCABULARY, document, facts, ruleset
from tests.unit.triage.rules.strategies import CONDITIONS, TESTS, documents
from tests.unit.triage.rules.strategies import facts as any_facts

ABROAD = {"field": "country", "is_not": "SE"}
MANY = settings(
    max_examples=examples(50),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


def _read(reader: OperandReader, value: object) -> Operand | None:
    known = reader.value(value)
    return None if known is None else (known, frozenset((comparable(known),)))


def _check(test: FieldTest) -> Check:
    equal = check_equality(test)
    return lambda ticket: not equal(ticket)


def _contradicts(test: FieldTest, other: FieldTest) -> bool:
    return other.operator == "is" and comparable(other.operand) == comparable(test.operand)


def _follows(test: FieldTest, given: FieldTest, operator: Operator) -> bool:
    return given.operator == "exists" and given.operand is False


IS_NOT = Operator(
    name="is_not",
    kinds=FIELD_KINDS,
    beside=None,
    read=_read,
    check=_check,
    keys=always_candidate,
    when_absent=always,
    when_present=always,
    values=unknown,
    admits=lambda test, value: comparable(value) != comparable(test.operand),
    one_is_enough=False,
    follows=_follows,
    contradicts=_contradicts,
    named=nothing_named,
    schema=lambda vocabulary: {"type": ["string", "number", "boolean"]},
    usage="is_not: value",
    meaning="the field has another value, or none",
    wording=lambda field, operand: f"{field} is not {operand}",
)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATORS, "is_not", IS_NOT)


def with_negatives(condition: Any, negate: Callable[[], bool]) -> Any:
    """The condition with some of its `is` turned into `is_not`."""
    if isinstance(condition, list):
        return [with_negatives(member, negate) for member in condition]
    if not isinstance(condition, dict):
        return condition
    return {
        "is_not" if key == "is" and "field" in condition and negate() else key: with_negatives(value, negate)
        for key, value in condition.items()
    }


@st.composite
def negative(draw: st.DrawFn, source: st.SearchStrategy[Any]) -> Any:
    return with_negatives(draw(source), lambda: draw(st.booleans()))


def read(condition: object) -> Any:
    found, errors = parse(condition, "when", VOCABULARY)
    assert found is not None, errors
    return found


@MANY
@given(negative(documents()), st.lists(any_facts(), min_size=1, max_size=4))
def test_the_engine_decides_what_the_reference_decides(
    source: dict[str, Any], tickets: list[Mapping[str, Any]]
) -> None:
    parsed, errors = parse_document(source, VOCABULARY)
    assert parsed is not None, errors
    compiled = compile_ruleset(parsed)
    for ticket in tickets:
        expected, decision = reference_decision(source, ticket), decide(compiled, ticket)
        assert (decision.team, decision.priority, decision.hold) == (
            expected["team"],
            expected["priority"],
            expected.get("hold"),
        )
        assert (list(decision.tags), list(decision.rules.tags)) == (expected["tags"], expected["tag_rules"])


@MANY
@given(negative(TESTS), any_facts())
def test_a_test_holds_when_it_does_in_the_reference(test: dict[str, Any], ticket: Mapping[str, Any]) -> None:
    known = {**ticket, "weekday": "fri", "hour": 10}
    assert matches(read(test), known) is reference_matches(test, known)


@pytest.mark.parametrize("country", [None, "NO"])
def test_the_index_finds_a_rule_about_a_field_that_is_absent(country: str | None) -> None:
    others = [
        {"id": f"o{number}", "when": {"field": "country", "is": "US"}, "then": {"team": "billing"}}
        for number in range(9)
    ]
    compiled = ruleset(*others, {"id": "a", "when": ABROAD, "then": {"team": "ads"}})
    assert decide(compiled, facts(country=country)).team == "ads"
    assert decide(compiled, facts(country="SE")).team == "account"


@MANY
@given(
    negative(CONDITIONS),
    negative(CONDITIONS),
    st.lists(any_facts(), min_size=3, max_size=5),
)
def test_implication_and_contradiction_are_true(
    one: dict[str, Any], other: dict[str, Any], tickets: Sequence[Mapping[str, Any]]
) -> None:
    _check_conclusions(one, other, tickets)


@MANY
@given(st.data(), st.lists(any_facts(), min_size=3, max_size=5))
def test_conclusions_about_two_tests_of_one_field_are_true(
    data: st.DataObject, tickets: Sequence[Mapping[str, Any]]
) -> None:
    one = data.draw(negative(TESTS))
    other = data.draw(negative(TESTS.filter(lambda test: test["field"] == one["field"])))
    _check_conclusions(one, other, tickets)


def _check_conclusions(one: dict[str, Any], other: dict[str, Any], tickets: Sequence[Mapping[str, Any]]) -> None:
    first, second = read(one), read(other)
    follows = implies(conjuncts(first), conjuncts(second))
    excluded = isinstance(first, FieldTest) and isinstance(second, FieldTest) and contradict(first, second)
    for ticket in ({**ticket, "weekday": "fri", "hour": 10} for ticket in tickets):
        holds, also = reference_matches(one, ticket), reference_matches(other, ticket)
        assert not (follows and holds and not also)
        assert not (excluded and holds and also)
        assert not (holds and impossible(first))


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        (ABROAD, {"field": "country", "is": "NO"}, "unreachable"),
        (ABROAD, {"field": "country", "exists": False}, "unreachable"),
        ({"field": "country", "exists": True}, ABROAD, None),
        (ABROAD, {"field": "country", "in": ["NO", "SE"]}, None),
        ({"field": "attachment.type", "is_not": "pdf"}, {"field": "attachment.type", "is": "png"}, None),
        ({"field": "locale", "is": "sv"}, {"all": [ABROAD, {"field": "country", "is": "SE"}]}, "contradictory"),
        ({"field": "locale", "is": "sv"}, {"all": [ABROAD, {"field": "country", "exists": False}]}, None),
    ],
)
def test_lint_concludes_what_is_true_and_no_more(above: object, below: object, expected: str | None) -> None:
    source = document(
        {"id": "a", "when": above, "then": {"team": "ads"}}, {"id": "b", "when": below, "then": {"team": "billing"}}
    )
    messages = [finding.message.partition(":")[0] for finding in lint(source, VOCABULARY)]
    assert messages == ([] if expected is None else [expected])


def test_the_schema_the_listing_and_the_words_have_it() -> None:
    rule = {"id": "a", "when": ABROAD, "then": {"team": "ads"}}
    for schema in (json_schema(), json_schema(VOCABULARY)):
        assert jsonschema_rs.is_valid(schema, document(rule))
        assert not jsonschema_rs.is_valid(schema, document({**rule, "when": {**ABROAD, "is": "NO"}}))
    assert "| `is_not: value` | the field has another value, or none | every field |" in operator_table().splitlines()
    assert in_words(ABROAD) == "the country is not SE"


def test_an_explanation_names_the_test() -> None:
    compiled = ruleset({"id": "a", "when": ABROAD, "then": {"team": "ads"}})
    assert explain(compiled, facts()).decided["team"]["because"] == [ABROAD]
    (missed,) = explain(compiled, facts(country="SE")).not_matched
    assert (missed["failed"], missed["value"]) == (ABROAD, "SE")


def test_errors_name_it() -> None:
    _, errors = parse({"field": "country"}, "when", VOCABULARY)
    assert "is_not" in errors[0].message
    _, errors = parse({"field": "details.x", "is_not": []}, "when", Vocabulary(frozenset(), {"x": None}))
    assert [error.path for error in errors] == ["when.is_not"]


def test_an_operator_that_is_not_registered_raises() -> None:
    unregistered = FieldTest("country", "is_like", "SE")
    rule = Rule("a", unregistered, Effects(team="ads"))
    with pytest.raises(UnknownOperator, match="is_like"):
        compile_ruleset(RulesetDocument(1, "UTC", {}, DEFAULT_TEAMS, (rule,)))
    with pytest.raises(UnknownOperator):
        build((rule,))
    with pytest.raises(UnknownOperator):
        implies([unregistered], [FieldTest("country", "is", "SE")])
    with pytest.raises(UnknownOperator):
        contradict(FieldTest("country", "is", "SE"), unregistered)
    with pytest.raises(UnknownOperator):
        matches(unregistered, {})


def test_a_key_that_the_index_cannot_read_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    ranged = replace(IS_NOT, keys=lambda test: [(("range of hour", 7),)])
    monkeypatch.setitem(OPERATORS, "is_not", ranged)
    with pytest.raises(ValueError, match="range of hour"):
        ruleset({"id": "a", "when": ABROAD, "then": {"team": "ads"}})


@pytest.mark.parametrize("part", [field.name for field in fields(Operator)])
def test_an_operator_without_one_of_its_parts_cannot_be_made(part: str) -> None:
    parts = {name: value for name, value in vars(IS_NOT).items() if name != part}
    with pytest.raises(TypeError, match=part):
        Operator(**parts)


def test_an_unregistered_operator_is_an_unknown_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(OPERATORS, "is_not")
    assert {error.path for error in parse(ABROAD, "when", VOCABULARY)[1]} == {"when", "when.is_not"}
