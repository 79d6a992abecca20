"""What each test of the language means, case by case."""

from collections.abc import Mapping

import pytest

from shared.conditions import matches, parse
from tests.unit.triage.rules.samples import VOCABULARY

TICKET: Mapping[str, object] = {
    "category": "business/buyable-pins/status",
    "country": "SE",
    "email_domain": "example.com",
    "subject": "Credit",
    "message": "card: Mitt konto blev HACKÅT i går, sa 'Zoë'. Straße 5",
    "details.shop_platform": "other",
    "details.closed_on": "2026-11-01",
    "attachment.count": 2,
    "attachment.type": ["png", "pdf"],
    "missing_evidence": ["screenshot"],
    "previous_tickets": [
        {"category": "business/buyable-pins/status", "age": 8 * 86_400},
        {"category": "ads/other", "age": 60},
    ],
    "weekday": "fri",
    "hour": 17,
}


def holds(condition: object, ticket: Mapping[str, object] = TICKET) -> bool:
    read, errors = parse(condition, "when", VOCABULARY)
    assert read is not None, errors
    return matches(read, ticket)


@pytest.mark.parametrize(
    ("field", "test", "expected"),
    [
        ("country", {"is": "SE"}, True),
        ("country", {"is": "se"}, True),
        ("country", {"in": ["NO", "SE"]}, True),
        ("country", {"in": ["NO", "US"]}, False),
        ("category", {"is": "business/buyable-pins"}, False),
        ("category", {"within": "business/buyable-pins"}, True),
        ("category", {"within": "business"}, True),
        ("category", {"within": "business/"}, True),
        ("category", {"within": "business/buyable"}, False),
        ("category", {"within": "business/rich-pins"}, False),
        ("email_domain", {"is": "Example.COM"}, True),
        ("message", {"contains_any": ["hackat"]}, True),
        ("message", {"contains_any": ["hack"]}, False),
        ("message", {"contains_any": ["mitt  KONTO blev"]}, True),
        ("message", {"contains_any": ["konto mitt"]}, False),
        ("message", {"contains_any": ["STRASSE", "nothing"]}, True),
        ("message", {"contains_any": ["zoe"]}, True),
        ("text", {"contains_any": ["credit"]}, True),
        ("text", {"contains_any": ["credit card"]}, False),
        ("text", {"matches": "(?s)^Credit.*5$"}, True),
        ("text", {"matches": r"Credit\ncard"}, True),
        ("message", {"matches": "hackåt"}, False),
        ("message", {"matches": "(?i)hackåt"}, True),
        ("details.closed_on", {"matches": "^2026-"}, True),
        ("attachment.type", {"is": "pdf"}, True),
        ("attachment.type", {"in": ["gif", "jpeg"]}, False),
        ("missing_evidence", {"is": "screenshot"}, True),
        ("attachment.count", {"at_least": 2}, True),
        ("attachment.count", {"at_most": 1}, False),
        ("hour", {"at_least": 9, "at_most": 17}, True),
        ("hour", {"at_least": 9, "at_most": 16}, False),
        ("weekday", {"in": ["sat", "sun"]}, False),
        ("previous_tickets", {"at_least": 2}, True),
        ("previous_tickets", {"at_least": 2, "days": 8}, True),
        ("previous_tickets", {"at_least": 2, "days": 7}, False),
        ("previous_tickets", {"is": 1, "same_path": True}, True),
        ("previous_tickets", {"is": 0, "days": 7, "same_path": True}, True),
    ],
)
def test_a_test_holds_or_does_not(field: str, test: dict[str, object], expected: bool) -> None:
    assert holds({"field": field, **test}) is expected


@pytest.mark.parametrize("missing", [{}, {"country": None}, {"country": ""}])
@pytest.mark.parametrize("test", [{"is": "SE"}, {"in": ["SE", "US"]}, {"exists": True}])
def test_a_test_on_a_missing_value_is_false(missing: Mapping[str, object], test: dict[str, object]) -> None:
    assert not holds({"field": "country", **test}, missing)


def test_exists_false_is_how_one_asks_for_a_missing_value() -> None:
    assert holds({"field": "country", "exists": False}, {})
    assert not holds({"field": "country", "exists": False}, {"country": "SE"})
    assert holds({"field": "missing_evidence", "exists": False}, {"missing_evidence": []})


def test_none_of_a_missing_value_holds() -> None:
    assert holds({"none": [{"field": "country", "is": "US"}]}, {})


@pytest.mark.parametrize(
    ("kind", "empty", "half", "full"),
    [("all", True, False, True), ("any", False, True, True), ("none", True, False, False)],
)
def test_groups(kind: str, empty: bool, half: bool, full: bool) -> None:
    yes, no = {"field": "country", "is": "SE"}, {"field": "country", "is": "US"}
    assert holds({kind: []}) is empty
    assert holds({kind: [yes, no]}) is half
    assert holds({kind: [yes, yes]}) is full


def test_true_is_not_one() -> None:
    assert not holds({"field": "details.closed_on", "is": 1}, {"details.closed_on": True})
    assert holds({"field": "details.closed_on", "is": 1}, {"details.closed_on": 1})
