"""The published JSON Schema accepts what the parser accepts, and refuses the same mistakes."""

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from services.triage.rules.document.schema import json_schema
from services.triage.rules.document.seed import seed_document
from tests.random_examples import examples
from tests.unit.triage.rules.samples import SEED, VOCABULARY, document
from tests.unit.triage.rules.strategies import documents

PUBLISHED = json.loads(SEED.with_name("schema.json").read_text(encoding="utf-8"))
PLAIN = jsonschema_rs.validator_for(PUBLISHED)
NAMED = jsonschema_rs.validator_for(json_schema(VOCABULARY))


def test_the_published_file_is_what_the_code_makes() -> None:
    assert json_schema() == PUBLISHED


@settings(max_examples=examples(150), deadline=None)
@given(documents())
def test_whatever_parses_is_valid(source: dict[str, Any]) -> None:
    PLAIN.validate(source)
    NAMED.validate(source)


def test_the_seed_is_valid() -> None:
    PLAIN.validate(seed_document())
    NAMED.validate(seed_document())


@pytest.mark.parametrize(
    "rule",
    [
        {"id": "a"},
        {"then": {"team": "ads"}},
        {"id": "a b", "then": {"team": "ads"}},
        {"id": "a", "then": {}},
        {"id": "a", "then": {"priority": "top"}},
        {"id": "a", "then": {"respond_within": "soon"}},
        {"id": "a", "then": {"respond_within": ""}},
        {"id": "a", "then": {"team": "ads"}, "when": {"field": "nothing", "is": "x"}},
        {"id": "a", "then": {"team": "ads"}, "when": {"field": "country"}},
        {"id": "a", "then": {"team": "ads"}, "when": {"field": "country", "is": "SE", "in": ["SE"]}},
        {"id": "a", "then": {"team": "ads"}, "when": {"all": [], "any": []}},
        {"id": "a", "then": {"team": "ads"}, "when": {"all": [{"oops": 1}]}},
    ],
)
def test_the_schema_refuses_mistakes(rule: dict[str, Any]) -> None:
    assert not PLAIN.is_valid(document(rule))


def test_with_a_vocabulary_names_are_checked() -> None:
    assert PLAIN.is_valid(document({"id": "a", "then": {"team": "nobody"}}))
    assert not NAMED.is_valid(document({"id": "a", "then": {"team": "nobody"}}))
    assert not NAMED.is_valid(document(default_teams={"ads": "ads"}))
