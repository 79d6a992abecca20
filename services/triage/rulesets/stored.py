"""Compiles stored rulesets, each number once."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, text

from services.triage.rules.document.parse import parse_document
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rules.engine.compile import CompiledRuleset, compile_ruleset
from shared.catalog.model import Catalog
from shared.conditions import Vocabulary
from shared.errors import NotFound
from shared.runtime.logs import logger
from shared.validation import ValidationError

# Only explanations ask for old versions.
_KEPT = 16

_ACTIVE = text("select number, created_at from triage.rulesets where state = 'active'")
_ONE = text("select number, created_at from triage.rulesets where number = :number")
_DOCUMENT = text("select document from triage.rulesets where number = :number")

log = logger(__name__)


@dataclass(frozen=True)
class NumberedRuleset:
    """A ruleset that decides, and its number."""

    number: int
    compiled: CompiledRuleset


class StoredRulesets:
    """The rulesets in the database, compiled when first asked for. Safe to share between threads."""

    def __init__(self, catalog: Catalog, teams: tuple[str, ...]) -> None:
        self.catalog = catalog
        self.teams = teams
        self.vocabulary = vocabulary_of(catalog, teams)
        self._compiled: dict[tuple[int, datetime], NumberedRuleset] = {}
        self._lock = threading.Lock()

    def active(self, connection: Connection) -> NumberedRuleset:
        """The active ruleset as the caller's transaction sees it: a new one is seen by the next call."""
        return self._ready(connection, connection.execute(_ACTIVE).one())

    def numbered(self, connection: Connection, number: int) -> NumberedRuleset:
        """The ruleset of this number. Raises NotFound."""
        row = connection.execute(_ONE, {"number": number}).one_or_none()
        if row is None:
            raise NotFound(f"There is no ruleset {number}.")
        return self._ready(connection, row)

    def _ready(self, connection: Connection, row: Row[tuple[int, datetime]]) -> NumberedRuleset:
        key = (row.number, row.created_at)
        known = self._compiled.get(key)
        if known is not None:
            return known
        with self._lock:
            document = connection.execute(_DOCUMENT, {"number": row.number}).scalar_one()
            ready = NumberedRuleset(row.number, compile_stored(document, self.vocabulary, row.number))
            while len(self._compiled) >= _KEPT:
                self._compiled.pop(next(iter(self._compiled)))
            self._compiled[key] = ready
        return ready


def compile_stored(document: Mapping[str, object], vocabulary: Vocabulary, number: int) -> CompiledRuleset:
    """The stored document, compiled. It was valid when it was saved; what a newer catalogue or fewer teams made invalid since is
    left out and logged, so that tickets are routed all the same.
    """
    parsed, errors = parse_document(document, vocabulary)
    if parsed is None:
        log.error(
            "the ruleset no longer fits the catalogue or the teams", ruleset=number, errors=[e.path for e in errors]
        )
        parsed, left = parse_document(_without(document, errors, vocabulary), vocabulary)
        if parsed is None:
            raise ValueError(f"ruleset {number} cannot be used: {left[:3]}")
    return compile_ruleset(parsed)


def _without(
    document: Mapping[str, object], errors: list[ValidationError], vocabulary: Vocabulary
) -> dict[str, object]:
    """The document without its invalid rules and teams; a segment without a team gets the first there is."""
    broken = {int(match[1]) for error in errors if (match := re.match(r"document\.rules\[(\d+)\]", error.path))}
    rules, teams, defaults = (document.get(name) for name in ("rules", "teams", "default_teams"))
    known = sorted(vocabulary.teams)
    kept = defaults if isinstance(defaults, Mapping) else {}
    return {
        **document,
        "rules": [rule for index, rule in enumerate(rules if isinstance(rules, list) else []) if index not in broken],
        "teams": {name: terms for name, terms in teams.items() if name in known} if isinstance(teams, Mapping) else {},
        "default_teams": {
            segment: kept[segment] if kept.get(segment) in known else _own_or_first(segment, known)
            for segment in sorted(vocabulary.segments)
        },
    }


def _own_or_first(segment: str, teams: list[str]) -> str:
    return segment if segment in teams else teams[0]
