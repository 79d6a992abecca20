"""Hostile documents: each is refused with a clear error within a second."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from services.triage.rules.document.parse import MAX_ERRORS, parse_document, parse_text
from services.triage.rules.document.strict_json import read_json
from services.triage.rules.lint.lint import lint
from shared.conditions import matches, parse
from shared.validation import ValidationError
from tests.unit.triage.rules.samples import DEFAULT_TEAMS, VOCABULARY, document

_GENEROUS = 3.0  # seconds of our own time; the promise is one


@contextmanager
def soon() -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < _GENEROUS


def errors_of(source: object) -> list[ValidationError]:
    return parse_document(source, VOCABULARY)[1]


def rule(when: object, number: int = 0) -> dict[str, object]:
    return {"id": f"r{number}", "when": when, "then": {"priority": "low"}}


def nested(depth: int) -> object:
    when: object = {"field": "country", "exists": True}
    for _ in range(depth):
        when = {"all": [when]}
    return when


def test_fifty_thousand_rules() -> None:
    rules = [rule({"field": "country", "is": "SE"}, number) for number in range(50_000)]
    with soon():
        assert [error.path for error in errors_of(document(*rules))] == ["document.rules"]


@pytest.mark.parametrize(
    "read", [lambda text: read_json(text.encode())[1], lambda text: parse_text(text, VOCABULARY)[1]]
)
def test_five_megabytes(read: Callable[[str], list[ValidationError]]) -> None:
    text = json.dumps(document(*(rule({"field": "subject", "is": "x" * 500}, number) for number in range(9_500))))
    assert len(text) > 5_000_000
    with soon():
        (error,) = read(text)
    assert "larger than" in error.message


def test_five_megabytes_that_were_read_elsewhere() -> None:
    rules = [rule({"field": "message", "contains_any": ["x" * 100] * 900}, number) for number in range(600)]
    with soon():
        assert any("too many values" in error.message for error in errors_of(document(*rules)))


@pytest.mark.parametrize("depth", [21, 300])
def test_nesting_beyond_twenty(depth: int) -> None:
    (error,) = errors_of(document(rule(nested(depth))))
    assert error.path == "document.rules[0].when" + ".all[0]" * 20
    assert "deeper than 20" in error.message


def test_nesting_up_to_twenty_is_fine() -> None:
    assert errors_of(document(rule(nested(19)))) == []


@pytest.mark.parametrize("opening", ['{"all": [', "[", '{"a":'])
def test_nesting_ten_thousand_deep(opening: str) -> None:
    text = opening * 10_000
    with soon():
        assert "deeper" in read_json(text.encode())[1][0].message
        assert parse_text(text, VOCABULARY)[1]


def test_block_yaml_ten_thousand_deep() -> None:
    with soon():
        assert "deeper" in parse_text("- " * 10_000 + "x", VOCABULARY)[1][0].message


def test_anchors_that_explode() -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + number)}: &{chr(98 + number)} [{', '.join(['*' + chr(97 + number)] * 9)}]\n" for number in range(20)
    )
    with soon():
        (error,) = parse_text(text, VOCABULARY)[1]
    assert "anchors" in error.message
    assert error.line == 1


def test_a_document_that_holds_itself() -> None:
    assert "anchors" in parse_text("rules: &me\n  - *me\n", VOCABULARY)[1][0].message
    circle: dict[str, Any] = {"all": []}
    circle["all"].append(circle)
    assert "deeper" in errors_of(document(rule(circle)))[0].message


@pytest.mark.parametrize(
    "pattern", ["(", "(?=a)", r"(a)\1", "a{1001}", "(?:a{1000}){1000}", r"[\pL\pN]{1000}", "x" * 501, "\ud800"]
)
def test_patterns_that_re2_or_we_refuse(pattern: str) -> None:
    with soon():
        (error,) = errors_of(document(rule({"field": "message", "matches": pattern})))
    assert error.path == "document.rules[0].when.matches"


@pytest.mark.parametrize("pattern", [r"[\pL\pN]{1000}", r"(?i)\pL{20}", "(a|b|c|d){400}"])
def test_patterns_by_the_thousand(pattern: str) -> None:
    rules = [rule({"field": "message", "matches": pattern}, number) for number in range(9_000)]
    with soon():
        assert any("too many or too large patterns" in error.message for error in errors_of(document(*rules)))


def test_a_pattern_that_makes_others_backtrack_is_fast() -> None:
    condition, _ = parse({"field": "message", "matches": "(a+)+$"}, "when", VOCABULARY)
    assert condition is not None
    with soon():
        assert not matches(condition, {"message": "a" * 9_999 + "!"})


def test_unknown_keys_everywhere_are_all_named() -> None:
    source = document(
        {"id": "a", "whenn": 1, "when": {"field": "country", "is": "SE", "x": 1}, "then": {"team": "ads", "y": 2}},
        teams={"ads": {"z": 1, "calendar": {"hours": {"mon": ["09:00", "17:00"], "someday": []}, "w": 1}}},
        extra=True,
    )
    assert {error.path for error in errors_of(source)} == {
        "document.extra",
        "document.rules[0].whenn",
        "document.rules[0].when.x",
        "document.rules[0].then.y",
        "document.teams.ads.z",
        "document.teams.ads.calendar.w",
        "document.teams.ads.calendar.hours.someday",
    }


def test_errors_beyond_the_limit_are_counted() -> None:
    found = errors_of(document(*({"id": f"r{number}", "then": {}} for number in range(5_000))))
    assert len(found) == MAX_ERRORS + 1
    assert "4000 more errors" in found[-1].message


def test_too_many_conditions() -> None:
    test = {"field": "country", "exists": True}
    rules = [rule({"any": [test] * 1_000}, number) for number in range(300)]
    with soon():
        (error,) = errors_of(document(*rules))
    assert "too many conditions" in error.message


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        "text",
        7,
        True,
        {},
        {1: 2},
        {"rules": None},
        {"language": True},
        {"language": 10**400},
        {"rules": [[], 1, {1: 1}]},
    ],
)
def test_values_of_the_wrong_kind(odd: object) -> None:
    read, found = parse_document(odd, VOCABULARY)
    assert read is None
    assert found


@pytest.mark.parametrize("odd", [None, [], {}, "", 7, 1.5, True, 10**400, [[]], {"a": 1}, "\ud800", "x" * 2_000])
@pytest.mark.parametrize(
    "operator", ["is", "in", "within", "contains_any", "matches", "exists", "at_least", "at_most", "days"]
)
@pytest.mark.parametrize(
    "field", ["category", "hour", "message", "previous_tickets", "details.closed_on", "missing_evidence"]
)
def test_no_operand_raises(field: str, operator: str, odd: object) -> None:
    source = document(
        {"id": "a", "when": {"field": field, operator: odd}, "then": {"team": odd, "tags": odd, "hold": odd}}
    )
    lint(source, VOCABULARY)
    assert errors_of(source)


def test_doubled_keys_and_strange_numbers_in_json() -> None:
    assert read_json(b'{"rules": [], "rules": []}')[1][0].message == "the key 'rules' is there twice"
    for text in (b'{"a": NaN}', b"{", b"\xff\xfe", b"", b"1" * 5_000, b'"' * 100_001):
        assert read_json(text)[1]
    assert read_json(json.dumps({"a": '\\"[[[{'}).encode()) == ({"a": '\\"[[[{'}, [])


def test_ten_thousand_valid_rules_are_accepted() -> None:
    rules = [rule({"field": "subject", "is": f"subject {number}"}, number) for number in range(10_000)]
    assert errors_of({"language": 1, "default_teams": DEFAULT_TEAMS, "rules": rules}) == []
