"""Everything that is wrong with a condition is named with its path, at once."""

from collections.abc import Mapping

import pytest

from shared.conditions import FieldTest, Group, Vocabulary, matches, parse
from tests.unit.triage.rules.samples import VOCABULARY


def paths(condition: object) -> list[str]:
    return [error.path for error in parse(condition, "when", VOCABULARY)[1]]


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ([], "when"),
        ({"is": "SE"}, "when"),
        ({"field": "country"}, "when"),
        ({"field": "nothing", "is": "x"}, "when.field"),
        ({"field": "details.unknown", "is": "x"}, "when.field"),
        ({"field": ["country"], "is": "x"}, "when.field"),
        ({"field": "country", "is": "SE", "in": ["SE"]}, "when"),
        ({"field": "country", "is": "SE", "colour": 1}, "when.colour"),
        ({"field": "country", "is": "Sweden"}, "when.is"),
        ({"field": "country", "is": "UK"}, "when.is"),
        ({"field": "country", "in": []}, "when.in"),
        ({"field": "country", "in": "SE"}, "when.in"),
        ({"field": "country", "at_least": 1}, "when.at_least"),
        ({"field": "country", "days": 7, "is": "SE"}, "when.days"),
        ({"field": "category", "is": "business"}, "when.is"),
        ({"field": "category", "within": "busi"}, "when.within"),
        ({"field": "weekday", "is": "friday"}, "when.is"),
        ({"field": "hour", "is": 24}, "when.is"),
        ({"field": "hour", "at_least": "9"}, "when.at_least"),
        ({"field": "attachment.count", "is": True}, "when.is"),
        ({"field": "attachment.type", "is": "jpg"}, "when.is"),
        ({"field": "missing_evidence", "is": "passport"}, "when.is"),
        ({"field": "details.card_type", "is": "gold"}, "when.is"),
        ({"field": "platform", "is": "windows"}, "when.is"),
        ({"field": "message", "contains_any": ["!!!"]}, "when.contains_any"),
        ({"field": "message", "contains_any": [7]}, "when.contains_any"),
        ({"field": "message", "matches": "("}, "when.matches"),
        ({"field": "message", "exists": "yes"}, "when.exists"),
        ({"field": "previous_tickets", "at_least": 1, "days": 0}, "when.days"),
        ({"field": "previous_tickets", "at_least": 1, "days": 91}, "when.days"),
        ({"field": "previous_tickets", "at_least": 1, "same_path": "yes"}, "when.same_path"),
        ({"all": {}}, "when.all"),
        ({"all": [], "any": []}, "when.any"),
        ({"all": [], "field": "country"}, "when.field"),
        ({"all": [{"none": [3]}]}, "when.all[0].none[0]"),
    ],
)
def test_an_error_has_the_path_of_what_is_wrong(condition: object, path: str) -> None:
    assert paths(condition) == [path]


def test_all_errors_come_at_once() -> None:
    condition = {"any": [{"field": "x", "is": 1, "y": 2}, {"field": "hour", "in": [1, 77, "z"]}]}
    assert paths(condition) == ["when.any[0].y", "when.any[0].field", "when.any[1].in", "when.any[1].in"]


def test_a_condition_is_written_as_it_was_read() -> None:
    document = {
        "all": [
            {"field": "previous_tickets", "at_least": 1, "days": 7, "same_path": True},
            {"none": [{"field": "country", "in": ["US"]}]},
        ]
    }
    condition, _ = parse(document, "when", VOCABULARY)
    assert isinstance(condition, Group)
    assert condition.as_document() == document


def test_two_bounds_of_one_field_are_both_asked() -> None:
    condition, _ = parse({"field": "hour", "at_least": 9, "at_most": 16}, "when", VOCABULARY)
    assert condition == Group("all", (FieldTest("hour", "at_least", 9), FieldTest("hour", "at_most", 16)))


def test_the_catalogues_conditions_can_name_only_details() -> None:
    vocabulary = Vocabulary(frozenset(), {"shop_platform": frozenset(("magento",))}, only_details=True)
    condition, errors = parse({"field": "details.shop_platform", "is": "magento"}, "evidence", vocabulary)
    assert condition is not None
    assert not errors
    facts: Mapping[str, object] = {"details.shop_platform": "magento"}
    assert matches(condition, facts)
    assert [error.path for error in parse({"field": "country", "is": "SE"}, "evidence", vocabulary)[1]] == [
        "evidence.field"
    ]
