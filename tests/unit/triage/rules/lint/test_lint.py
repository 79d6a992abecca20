"""Lint reports rules that never decide, and only those."""

import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.rules.lint.lint import Finding, lint, lint_text
from tests.random_examples import examples
from tests.unit.triage.rules.reference import reference_decision
from tests.unit.triage.rules.samples import VOCABULARY, document
from tests.unit.triage.rules.strategies import documents
from tests.unit.triage.rules.strategies import facts as any_facts


def asks(field: str, **test: object) -> dict[str, object]:
    return {"field": field, **test}


def rule(name: str, when: object = None, **then: object) -> dict[str, object]:
    full: dict[str, object] = {"id": name, "then": then or {"team": "ads"}}
    return full if when is None else {**full, "when": when}


def findings(*rules: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(finding.path, finding.message.split(":")[0]) for finding in lint(document(*rules), VOCABULARY)]


SWEDEN = asks("country", **{"is": "SE"})


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (None, SWEDEN),
        (None, None),
        (asks("country", **{"in": ["SE", "NO"]}), SWEDEN),
        (asks("country", exists=True), SWEDEN),
        (asks("category", within="business"), asks("category", **{"is": "business/rich-pins"})),
        (asks("category", within="business"), asks("category", within="business/buyable-pins")),
        (asks("category", within="business"), {"all": [SWEDEN, asks("category", **{"in": ["business/other"]})]}),
        (asks("text", contains_any=["a", "b"]), asks("text", contains_any=["B"])),
        (asks("hour", at_least=9), asks("hour", at_least=10, at_most=12)),
        ({"none": [asks("country", **{"is": "US"})]}, SWEDEN),
        ({"any": [SWEDEN, asks("hour", at_least=9)]}, SWEDEN),
        ({"none": [{"all": [SWEDEN, asks("hour", at_least=9)]}]}, {"none": [SWEDEN]}),
        ({"any": [{"none": []}, SWEDEN]}, asks("hour", at_least=9)),
        ({"all": [SWEDEN]}, {"all": [asks("hour", at_least=9), {"all": [SWEDEN]}]}),
    ],
)
def test_a_rule_that_one_above_it_shadows(above: object, below: object) -> None:
    (finding,) = lint(document(rule("a", above, team="ads"), rule("b", below, team="billing")), VOCABULARY)
    assert (finding.severity, finding.path) == ("error", "document.rules[1]")
    assert finding.message.startswith("unreachable")
    assert "'a'" in finding.message


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (SWEDEN, None),
        (SWEDEN, asks("country", **{"in": ["SE", "NO"]})),
        (SWEDEN, asks("hour", at_least=9)),
        (asks("category", within="business/buyable-pins"), asks("category", within="business")),
        ({"all": [SWEDEN, asks("hour", at_least=9)]}, SWEDEN),
        (asks("previous_tickets", at_least=1, days=7), asks("previous_tickets", at_least=1)),
        ({"any": [{"none": [asks("country", **{"is": "US"}), asks("hour", at_least=9)]}]}, SWEDEN),
        ({"none": [{"all": [SWEDEN, asks("hour", at_least=9)]}]}, {"none": [asks("hour", at_least=12)]}),
    ],
)
def test_a_rule_that_still_decides_something(above: object, below: object) -> None:
    assert findings(rule("a", above, team="ads"), rule("b", below, team="billing")) == []


def test_what_two_rules_above_decide_together() -> None:
    both = rule("c", SWEDEN, team="ads", priority="low")
    assert findings(rule("a", team="billing"), both) == []
    assert findings(rule("a", team="billing"), rule("b", priority="high"), both) == [
        ("document.rules[2]", "unreachable")
    ]


def test_tags_add_up_so_they_shadow_only_themselves() -> None:
    assert findings(rule("a", tags=["x"]), rule("b", SWEDEN, tags=["y"])) == []
    assert findings(rule("a", tags=["x", "y"]), rule("b", SWEDEN, tags=["y"])) == [("document.rules[1]", "unreachable")]


@pytest.mark.parametrize(
    "when",
    [
        {"any": []},
        {"all": [SWEDEN, asks("country", **{"is": "US"})]},
        {"all": [SWEDEN, {"all": [asks("country", **{"in": ["US", "NO"]})]}]},
        {"all": [SWEDEN, {"none": [SWEDEN]}]},
        {"all": [SWEDEN, {"none": [asks("country", exists=True)]}]},
        {"all": [SWEDEN, asks("country", exists=False)]},
        {"all": [asks("category", within="business"), asks("category", **{"is": "ads/other"})]},
        {"all": [asks("category", within="business"), asks("category", within="ads")]},
        asks("hour", at_least=12, at_most=11),
        {"any": [{"any": []}, {"all": [SWEDEN, {"none": [SWEDEN]}]}]},
    ],
)
def test_conditions_that_contradict_themselves(when: object) -> None:
    assert findings(rule("a", when)) == [("document.rules[0].when", "contradictory")]


@pytest.mark.parametrize(
    "when",
    [
        {"all": [asks("attachment.type", **{"is": "png"}), asks("attachment.type", **{"is": "pdf"})]},
        {"all": [asks("text", contains_any=["a"]), asks("text", contains_any=["b"])]},
        {"none": [SWEDEN, asks("country", **{"is": "US"})]},
        {"all": [asks("previous_tickets", at_least=2), asks("previous_tickets", at_most=1, days=7)]},
    ],
)
def test_conditions_that_may_hold(when: object) -> None:
    assert findings(rule("a", when)) == []


def test_duplicates() -> None:
    assert findings(rule("a", SWEDEN), rule("b", SWEDEN)) == [("document.rules[1]", "duplicate")]
    assert findings(rule("a", SWEDEN), rule("a", tags=["x"])) == [
        ("document.rules[1].id", "rules[0] has this id already")
    ]


def test_a_rule_that_matched_nothing_is_a_warning() -> None:
    found = lint(document(rule("a", SWEDEN), rule("b", tags=["x"])), VOCABULARY, matched={"a": 0, "b": 7})
    assert [(finding.severity, finding.path) for finding in found] == [("warning", "document.rules[0]")]


def test_lines() -> None:
    text = """language: 1
default_teams: {account: account, business: business, ads: ads, billing: billing}
rules:
  - id: a
    then: {team: nobody}
  - id: b
    then: {priority: low}
    when:
      field: country
      is: Sweden
"""
    assert [(finding.path, finding.line) for finding in lint_text(text, VOCABULARY)] == [
        ("document.rules[0].then.team", 5),
        ("document.rules[1].when.is", 10),
    ]
    assert lint_text("a: 1\na: 2", VOCABULARY)[0].line == 2
    assert lint_text(
        text.replace("nobody", "ads").replace("Sweden", "SE") + "  - {id: c, then: {team: billing}}\n", VOCABULARY
    ) == [Finding("error", "document.rules[2]", "unreachable: whenever it matches, 'a' above decides already", 11)]


def test_all_kinds_of_errors_are_reported_at_once_each_with_its_line() -> None:
    """A rule with an error of its own does not hide what is wrong with the others, and shadows none of them."""
    text = """language: 1
default_teams: {account: account, business: business, ads: ads}
rules:
  - id: a
    when: {field: nonsense, is: 1}
    then: {team: billing}
  - {id: b, when: {field: country, exists: true}, then: {team: ads}}
  - {id: c, when: {field: country, is: NO}, then: {team: nobody}}
  - {id: d, when: {field: country, is: SE}, then: {team: billing}}
  - {id: e, when: {all: [{field: country, is: SE}, {field: country, is: NO}]}, then: {priority: low}}
  - {id: e, when: {field: text, matches: "(?=x)"}, then: {priority: low}}
  - {id: f, when: {field: category, within: ads/nowhere}, then: {priority: low, colour: red}}
  - {id: g, when: {field: country, exists: true}, then: {team: ads}}
  - {id: h, when: {field: country, is: FI}, then: {tags: [x]}}
"""
    found = lint_text(text, VOCABULARY, matched={"b": 3, "h": 0})
    assert [
        (finding.path.removeprefix("document."), finding.line, finding.message.split(":")[0]) for finding in found
    ] == [
        ("default_teams", 2, "paths under 'billing' would have no team"),
        ("rules[0].when.field", 5, found[1].message.split(":")[0]),
        ("rules[2].then.team", 8, "unknown team 'nobody'"),
        ("rules[3]", 9, "unreachable"),
        ("rules[4].when", 10, "contradictory"),
        ("rules[5].id", 11, "rules[4] has this id already"),
        ("rules[5].when.matches", 11, "RE2 refuses the pattern"),
        ("rules[6].when.within", 12, "unknown category 'ads/nowhere'"),
        ("rules[6].then.colour", 12, "unknown key; known are team, priority, tags, respond_within, hold"),
        ("rules[7]", 13, "duplicate"),
        ("rules[8]", 14, "matched no ticket in the last 30 days"),
    ]
    assert [finding.severity for finding in found] == ["error"] * 10 + ["warning"]


def test_ten_thousand_rules_are_linted() -> None:
    rules = [
        rule(f"r{number}", asks("country", **{"in": ["SE", "NO"]}), tags=[f"t{number}"]) for number in range(10_000)
    ]
    assert findings(*rules) == []


def test_large_conditions_are_linted_within_bounds() -> None:
    rules = []
    for number in range(40):
        when: dict[str, object] = asks("subject", **{"is": f"s{number}"})
        for _ in range(8):
            when = {"any": [when, when]}
        rules.append(rule(f"r{number}", when, tags=[f"t{number}"]))
    started = time.process_time()
    assert findings(*rules) == []
    assert time.process_time() - started < 5


@settings(max_examples=examples(150), deadline=None)
@given(documents(max_rules=6), st.lists(any_facts(), min_size=3, max_size=6))
def test_what_lint_reports_is_true(source: dict[str, Any], tickets: list[Mapping[str, Any]]) -> None:
    """A rule called contradictory never matches, and one called unreachable or duplicate can go without any change."""
    wrong = {finding.path.split(".")[1]: finding for finding in lint(source, VOCABULARY)}
    for number, one in enumerate(source["rules"]):
        if f"rules[{number}]" not in wrong:
            continue
        without = {**source, "rules": [*source["rules"][:number], *source["rules"][number + 1 :]]}
        for ticket in tickets:
            before, after = reference_decision(source, ticket), reference_decision(without, ticket)
            assert {name: value for name, value in before.items() if name != "tag_rules"} == {
                name: value for name, value in after.items() if name != "tag_rules"
            }, one


def test_ten_thousand_rules_about_one_path_are_compared_within_bounds() -> None:
    choice = {"any": [SWEDEN, asks("country", **{"in": ["NO", "FI"]})]}
    rules = [
        rule(
            f"r{n}",
            {"all": [asks("category", within="ads"), asks("text", contains_any=[f"a{n}", "b"]), choice]},
            tags=[f"t{n}"],
        )
        for n in range(10_000)
    ]
    begin = time.process_time()
    assert findings(*rules) == []
    assert time.process_time() - begin < 6  # about 2; without a bound 9
