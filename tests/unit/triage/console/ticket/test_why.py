"""Explanations as sentences."""

from typing import Any

import pytest

from services.triage.console.ticket.why import in_words, why

EXPLANATION: dict[str, Any] = {
    "ruleset": 12,
    "held": False,
    "decided": {
        "team": {"value": "ads", "rule": None, "because": [{"field": "category", "within": "ads"}]},
        "priority": {"value": "high", "rule": "appeal", "because": [{"field": "category", "is": "ads/disapproved"}]},
        "respond_within": {"value": "8h", "rule": None, "because": [{"team": "ads"}]},
        "hold": {"value": None, "rule": None, "because": []},
        "tags": {
            "value": ["appeal", "abroad"],
            "rules": ["appeal", "abroad"],
            "because": {
                "appeal": [{"field": "category", "is": "ads/disapproved"}],
                "abroad": [{"field": "country", "exists": True}],
            },
        },
    },
    "outranked": [{"rule": "shop", "facet": "priority", "value": "low", "by": "appeal"}],
    "not_matched": [
        {"rule": "close", "failed": {"field": "country", "is": "US"}, "value": "SE", "held_before": 2},
        {"rule": "far", "failed": {"field": "locale", "is": "sv"}, "value": "en", "held_before": 0},
    ],
}


def test_each_effect_names_its_rule_with_its_tests_once() -> None:
    explained = why(EXPLANATION, str.capitalize)
    assert [(one.what, one.value, one.rule, list(one.because)) for one in explained.reasons] == [
        ("Team", "Ads", None, ["the topic is in ads"]),
        ("Priority", "high", "appeal", ["the topic is ads/disapproved"]),
        ("Answer within", "8h", None, ["the time of the team ads"]),
        ("Tags", "appeal, abroad", "appeal", []),
        ("Tags", "appeal, abroad", "abroad", ["the country is given"]),
    ]


def ticket(*timeline: dict[str, Any], **now: Any) -> dict[str, Any]:
    return {"team": "ads", "priority": "high", "tags": ["appeal"], "state": "open", "timeline": timeline, **now}


def changed(kind: str, by: str | None, **facts: Any) -> dict[str, Any]:
    return {"kind": kind, "by": by, "facts": facts}


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (ticket(), [(None, ""), (None, "")]),
        (
            ticket(changed("changed", "Bo", priority=["high", "low"]), priority="low"),
            [(None, ""), ("low", "set by Bo")],
        ),
        (
            ticket(changed("breached", None, **{"from": "high", "to": "urgent"}), priority="urgent"),
            [(None, ""), ("urgent", "raised when the answer became overdue")],
        ),
        (ticket(priority="low"), [(None, ""), ("low", "changed since")]),
        (
            ticket(changed("transferred", "Bo", **{"from": "ads", "to": "billing"}), team="billing"),
            [("Billing", "transferred by Bo"), (None, "")],
        ),
    ],
)
def test_what_was_changed_since_is_told_with_who_did_it(
    now: dict[str, Any], told: list[tuple[str | None, str]]
) -> None:
    assert [(one.now, one.set_by) for one in why(EXPLANATION, str.capitalize, now).reasons[:2]] == told


def test_a_tag_that_was_removed_is_not_told() -> None:
    assert why(EXPLANATION, str, ticket()).reasons[-1].value == "appeal"


def test_only_near_misses_are_included() -> None:
    assert [(one.rule, one.failed) for one in why(EXPLANATION, str).near_misses] == [
        ("shop", "appeal above it decides the priority (this rule: low)"),
        ("close", "the country is US (it is SE)"),
    ]


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ({"field": "text", "contains_any": ["hacked", "kapad"]}, "subject or message has one of “hacked”, “kapad”"),
        ({"field": "country", "in": ["SE", "NO"]}, "the country is one of SE, NO"),
        ({"field": "missing_evidence", "exists": False}, "no evidence is missing"),
        (
            {"field": "previous_tickets", "days": 7, "same_path": True, "at_least": 1},
            "earlier tickets in 7 days on this topic: at least 1",
        ),
        ({"field": "details.closed_on", "exists": True}, "closed on is given"),
        ({"field": "subject", "matches": "^Re"}, "the subject matches ^Re"),
        ({"none": [{"field": "country", "is": "US"}]}, "not (the country is US)"),
        (
            {"any": [{"field": "locale", "is": "sv"}, {"field": "hour", "at_most": 8}]},
            "the language is sv or the hour: at most 8",
        ),
        ({"default": "normal"}, "no rule sets it"),
    ],
)
def test_every_kind_of_test_is_a_phrase(test: dict[str, Any], words: str) -> None:
    assert in_words(test) == words
