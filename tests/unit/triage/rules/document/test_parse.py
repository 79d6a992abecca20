"""A document is read as a whole, and every error in it is named with its path."""

from datetime import time
from typing import Any

import pytest

from services.triage.rules.document.model import Calendar, Effects, TeamTerms
from services.triage.rules.document.parse import parse_document, parse_text
from tests.unit.triage.rules.samples import DEFAULT_TEAMS, VOCABULARY, document

HOURS = {"mon": ["09:00", "17:00"]}


def paths(source: object) -> list[str]:
    return [error.path for error in parse_document(source, VOCABULARY)[1]]


def test_the_contracts_own_example() -> None:
    source: dict[str, Any] = {
        "language": 1,
        "timezone": "Europe/Stockholm",
        "teams": {
            "ads": {
                "respond_within": "8h",
                "calendar": {"timezone": "Europe/Stockholm", "hours": HOURS, "holidays": "SE"},
            },
            "account": {"respond_within": "24h"},
        },
        "default_teams": DEFAULT_TEAMS,
        "rules": [
            {
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
        ],
    }
    read, errors = parse_document(source, VOCABULARY)
    assert not errors
    assert read is not None
    assert read.teams["ads"] == TeamTerms("8h", Calendar("Europe/Stockholm", {0: (time(9), time(17))}, "SE"))
    assert read.rules[0].then == Effects(priority="low", tags=("waitlist-international",))
    assert read.rules[0].when is not None
    assert read.rules[0].when.as_document() == source["rules"][0]["when"]
    assert read.source is source


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"language": 2}, "document.language"),
        ({"timezone": "Mars/Base"}, "document.timezone"),
        ({"timezone": None}, "document.timezone"),
        ({"teams": []}, "document.teams"),
        ({"teams": {"nobody": {}}}, "document.teams.nobody"),
        ({"teams": {"ads": {"respond_within": "soon"}}}, "document.teams.ads.respond_within"),
        ({"teams": {"ads": {"calendar": {}}}}, "document.teams.ads.calendar.hours"),
        ({"teams": {"ads": {"calendar": {"hours": {}}}}}, "document.teams.ads.calendar.hours"),
        ({"teams": {"ads": {"calendar": {"hours": HOURS, "timezone": "x"}}}}, "document.teams.ads.calendar.timezone"),
        ({"teams": {"ads": {"calendar": {"hours": HOURS, "holidays": "XX"}}}}, "document.teams.ads.calendar.holidays"),
        (
            {"teams": {"ads": {"calendar": {"hours": HOURS, "holidays": "DE-XX"}}}},
            "document.teams.ads.calendar.holidays",
        ),
        (
            {"teams": {"ads": {"calendar": {"hours": {"mon": ["17:00", "09:00"]}}}}},
            "document.teams.ads.calendar.hours.mon",
        ),
        ({"teams": {"ads": {"calendar": {"hours": {"mon": ["9", "17:00"]}}}}}, "document.teams.ads.calendar.hours.mon"),
        (
            {"teams": {"ads": {"calendar": {"hours": {"mon": ["24:00", "24:00"]}}}}},
            "document.teams.ads.calendar.hours.mon",
        ),
        (
            {"teams": {"ads": {"calendar": {"hours": {"mon": ["10:00", "00:00"]}}}}},
            "document.teams.ads.calendar.hours.mon",
        ),
        ({"teams": {"ads": {"calendar": {"hours": {"mon": ["10:00"]}}}}}, "document.teams.ads.calendar.hours.mon"),
        ({"default_teams": {**DEFAULT_TEAMS, "ads": "nobody"}}, "document.default_teams.ads"),
        ({"default_teams": {**DEFAULT_TEAMS, "ads": ["ads"]}}, "document.default_teams.ads"),
        ({"default_teams": {**DEFAULT_TEAMS, "sales": "ads"}}, "document.default_teams.sales"),
        ({"rules": {}}, "document.rules"),
        ({"rules": ["x"]}, "document.rules[0]"),
    ],
)
def test_what_stands_around_the_rules(change: dict[str, object], path: str) -> None:
    assert paths({**document(), **change}) == [path]


@pytest.mark.parametrize("missing", ["language", "default_teams", "rules"])
def test_what_must_be_there(missing: str) -> None:
    source = document()
    del source[missing]
    assert f"document.{missing}" in paths(source)


def test_no_path_is_ever_without_a_team() -> None:
    (error,) = parse_document(
        document(default_teams={"account": "account", "ads": "ads", "billing": "billing"}), VOCABULARY
    )[1]
    assert error.path == "document.default_teams"
    assert "'business'" in error.message


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"then": {"team": "ads"}}, ".id"),
        ({"id": "a"}, ".then"),
        ({"id": "", "then": {"team": "ads"}}, ".id"),
        ({"id": 7, "then": {"team": "ads"}}, ".id"),
        ({"id": "a", "then": {}}, ".then"),
        ({"id": "a", "then": []}, ".then"),
        ({"id": "a", "then": {"team": "nobody"}}, ".then.team"),
        ({"id": "a", "then": {"priority": "asap"}}, ".then.priority"),
        ({"id": "a", "then": {"tags": "x"}}, ".then.tags"),
        ({"id": "a", "then": {"tags": ["x", ""]}}, ".then.tags[1]"),
        ({"id": "a", "then": {"tags": ["x\ny"]}}, ".then.tags[0]"),
        ({"id": "a", "then": {"respond_within": 8}}, ".then.respond_within"),
        ({"id": "a", "then": {"hold": True}}, ".then.hold"),
        ({"id": "a", "when": None, "then": {"team": "ads"}}, ".when"),
        ({"id": "a", "when": {"all": [{"field": "x", "is": "y"}]}, "then": {"team": "ads"}}, ".when.all[0].field"),
    ],
)
def test_what_is_wrong_with_a_rule(rule: dict[str, object], path: str) -> None:
    assert paths(document({"id": "good", "then": {"team": "ads"}}, rule)) == [f"document.rules[1]{path}"]


def test_an_id_is_used_once() -> None:
    (error,) = parse_document(document(*[{"id": "a", "then": {"team": "ads"}}] * 2), VOCABULARY)[1]
    assert (error.path, error.message) == ("document.rules[1].id", "rules[0] has this id already")


def test_errors_in_a_text_have_the_line_of_what_is_wrong_or_of_what_misses_it() -> None:
    text = "language: 1\ndefault_teams: {}\nrules:\n  - id: a\n    when: {field: hour, is: 99}\n"
    found = {error.path: error.line for error in parse_text(text, VOCABULARY)[1]}
    assert found == {"document.default_teams": 2, "document.rules[0].then": 4, "document.rules[0].when.is": 5}
