"""Rulesets of any size: a mixture like that of admins, and rules of one shape."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.triage.rules.document.parse import parse_document
from services.triage.rules.document.seed import seed_document
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rules.engine.compile import CompiledRuleset, compile_ruleset
from shared.catalog import load
from shared.settings import DEFAULT_TEAMS

CATALOG = load()
VOCABULARY = vocabulary_of(CATALOG, DEFAULT_TEAMS)
_COUNTRIES = ["SE", "NO", "DK", "FI", "DE", "FR", "NL", "BE", "ES", "PT", "IT", "PL", "AT", "CH", "IE", "GB"]
Test = dict[str, object]


def _asks(field: str, **test: object) -> Test:
    return {"field": field, **test}


def _words(*words: str, field: str = "text") -> Test:
    return _asks(field, contains_any=list(words))


# One rule of each shape, by its number. The part that all rules of a shape share (a country, half a phrase) does not distinguish them.
# None of PAST_FACTS matches them: a match costs its decision, and with more rules there would be more matches. Rules that have only
# bounds, patterns, `none` and `exists: false` are left out: they cannot be indexed, so every decision evaluates each.
SHAPES: Mapping[str, Callable[[int], Test]] = {
    "a word": lambda number: _words(f"word{number}", f"term{number}"),
    "a phrase": lambda number: _words(f"campaign {number}", f"please call{number}"),
    "a domain": lambda number: _asks("email_domain", **{"is": f"club{number}.example"}),
    "a detail": lambda number: _asks("details.account_email", **{"is": f"anna{number}@example.com"}),
    "a country's word": lambda number: {"all": [_asks("country", **{"is": "SE"}), _words(f"word{number}")]},
    "a word but for a country": lambda number: {
        "all": [{"none": [_asks("country", **{"is": "US"})]}, _words(f"word{number}")]
    },
    "a domain or a word": lambda number: {
        "any": [_asks("email_domain", **{"is": f"club{number}.example"}), _words(f"word{number}")]
    },
    "a country's word or another": lambda number: {
        "any": [
            {"all": [_asks("country", **{"is": "SE"}), _words(f"word{number}")]},
            _words(f"term{number}", field="subject"),
        ]
    },
}


def shaped(shape: str, count: int) -> CompiledRuleset:
    """A ruleset of so many rules of one shape."""
    rules = [{"id": f"r{number}", "when": SHAPES[shape](number), "then": _THEN[number % 4]} for number in range(count)]
    return _compiled({**seed_document(), "rules": rules})


def ruleset_of(count: int) -> CompiledRuleset:
    """The seed's rules, then others like those that admins write over time."""
    return _compiled(document_of(count))


def _compiled(document: dict[str, Any]) -> CompiledRuleset:
    parsed, errors = parse_document(document, VOCABULARY)
    if parsed is None:
        raise ValueError(errors[:3])
    return compile_ruleset(parsed)


def document_of(count: int) -> dict[str, Any]:
    """A document of so many rules; the same one every time."""
    chance, seed = random.Random(7), dict[str, Any](seed_document())
    rules: list[Any] = [*seed["rules"]][:count]
    categories = sorted(CATALOG.categories)
    while len(rules) < count:
        rules.append(
            {
                "id": f"more-{len(rules)}",
                "when": _condition(chance, len(rules), categories),
                "then": _THEN[len(rules) % 4],
            }
        )
    return {**seed, "rules": rules}


_THEN: Sequence[dict[str, object]] = (
    {"priority": "high"},
    {"tags": ["marked"]},
    {"team": "billing"},
    {"respond_within": "4h", "tags": ["fast"]},
)


def _condition(chance: random.Random, number: int, categories: Sequence[str]) -> dict[str, object]:
    path: dict[str, object] = {"field": "category", "is": chance.choice(categories)}
    kind = number % 4
    if kind == 0:
        other: dict[str, object] = {"field": "text", "contains_any": [f"word{number}", f"term{number}"]}
    elif kind == 1:
        other = {"field": "email_domain", "is": f"shop{number}.example"}
    elif kind == 2:
        other = {"field": "message", "contains_any": [f"campaign {number}", f"code{number}"]}
    else:
        other = {
            "all": [
                {"field": "country", "is": chance.choice(_COUNTRIES)},
                {"field": "text", "contains_any": [f"offer{number}"]},
            ]
        }
    return {"all": [path, other]}
