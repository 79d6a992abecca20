"""The examples of docs/use/rules.md are valid, and the engine decides as their tables show."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from services.triage.rules.document.model import PRIORITIES, Effects
from services.triage.rules.document.parse import parse_text
from services.triage.rules.engine.compile import compile_ruleset
from services.triage.rules.engine.deadline import respond_by
from services.triage.rules.engine.decide import decide
from services.triage.rules.engine.facts import Ticket, facts_of
from services.triage.rules.lint.lint import lint_text
from shared.conditions import OPERATORS
from shared.conditions.fields import FIELD_NAMES
from shared.conditions.model import GROUPS
from tests.rules_page import operator_table
from tests.unit.triage.rules.samples import NOW, SEED, VOCABULARY

PAGE = SEED.parents[4].joinpath("docs/use/rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```\n\n((?:\|[^\n]*\n)+)", PAGE, re.DOTALL)
ROWS = [
    pytest.param(text, *map(json.loads, re.findall(r"`(\{.*?\})`", row)), id=f"example-{number}-{line}")
    for number, (text, table) in enumerate(EXAMPLES, 1)
    for line, row in enumerate(table.splitlines()[2:], 1)
]


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3
    assert len(ROWS) == 9


@pytest.mark.parametrize("text", [text for text, _ in EXAMPLES])
def test_each_document_is_valid(text: str) -> None:
    assert lint_text(text, VOCABULARY) == []


@pytest.mark.parametrize(("text", "ticket", "expected"), ROWS)
def test_each_row_is_what_the_engine_decides(text: str, ticket: dict[str, Any], expected: dict[str, Any]) -> None:
    document, errors = parse_text(text, VOCABULARY)
    assert document is not None, errors
    now = datetime.fromisoformat(ticket.pop("at", NOW.isoformat()))
    decision = decide(compile_ruleset(document), facts_of(Ticket(**ticket), now))
    calendar = document.teams[decision.team].calendar if decision.team in document.teams else None
    due = respond_by(now, decision.respond_within, calendar, urgent=decision.priority == "urgent")
    decided = decision._asdict() | {"tags": list(decision.tags)}
    decided["respond_by"] = due.astimezone(UTC).isoformat().replace("+00:00", "Z") if due else None
    assert {name: decided[name] for name in expected} == expected


@pytest.mark.parametrize("name", [*FIELD_NAMES, *OPERATORS, *GROUPS, *Effects._fields, *PRIORITIES])
def test_every_name_of_the_language_is_explained(name: str) -> None:
    assert re.search(rf"`{re.escape(name)}[`:]", PAGE)


def test_the_page_has_the_table_of_operators() -> None:
    """After a change: `make docs` writes it."""
    assert operator_table() in PAGE


def test_the_meaning_is_three_sentences() -> None:
    meaning = re.search(r"\*\*(.*?)\*\*", PAGE, re.DOTALL)
    assert meaning is not None
    assert len(re.findall(r"\.(?:\s|$)", meaning[1])) == 3
