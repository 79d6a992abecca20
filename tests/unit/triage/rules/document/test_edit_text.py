"""A rule is put into a text, and the rest of the text stays."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.rules.document.edit_text import with_rule
from services.triage.rules.document.seed import SEED
from services.triage.rules.document.text import read_text
from services.triage.rules.document.write import as_yaml
from tests.random_examples import examples
from tests.unit.triage.rules.strategies import documents

TEXT = """# Ours.
language: 1
rules:
  # About a.
  - id: a
    then:
      # Not here.
      team: ads

  # About b,
  # in two lines.
  - id: b
    then: {team: billing}  # for now
# What follows the rules.
default_teams: {account: account}
"""
NEW: dict[str, Any] = {"id": "n", "when": {"field": "country", "is": "NO"}, "then": {"team": "ads"}}
LINES = """  - id: n
    when:
      field: country
      is: 'NO'
    then:
      team: ads
"""


@pytest.mark.parametrize(
    ("index", "before", "new"),
    [
        (0, "  # About a.\n", LINES),
        (1, "  # About b,\n", f"{LINES}\n"),
        (2, "# What follows the rules.\n", f"\n{LINES}"),
    ],
)
def test_a_rule_is_put_before_another_and_its_comment(index: int, before: str, new: str) -> None:
    assert with_rule(TEXT, index, NEW) == TEXT.replace(before, f"{new}{before}")


def test_a_rule_replaces_another_whose_comment_stays() -> None:
    rule = "  - id: b\n    then: {team: billing}  # for now\n"
    assert with_rule(TEXT, 1, NEW, instead=True) == TEXT.replace(rule, LINES)


def test_the_seed_keeps_all_its_lines() -> None:
    text = SEED.read_text(encoding="utf-8")
    changed = with_rule(text, 3, NEW)
    assert changed is not None
    left = changed.split("\n")
    assert all(left.pop(left.index(line)) == line for line in text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "rules: [{id: a, then: {team: ads}}]",
        "rules: []",
        "rules: [",
        "- rules",
        '{"rules": [\n  {"id": "a"}\n]}',
    ],
)
def test_what_is_not_a_list_of_lines_is_left_to_others(text: str) -> None:
    assert with_rule(text, 0, NEW) is None


@settings(max_examples=examples(100))
@given(documents(max_rules=5), st.data())
def test_the_text_then_has_just_these_rules(document: dict[str, Any], data: st.DataObject) -> None:
    rules = document["rules"]
    index, instead = data.draw(st.integers(0, len(rules))), data.draw(st.booleans())
    changed = with_rule(as_yaml(document), index, NEW, instead=instead and index < len(rules))
    assert (changed is None) is not rules
    if changed is not None:
        rules[index : index + 1 if instead else index] = [NEW]
        read, _ = read_text(changed)
        assert read is not None
        assert read.value == document


@settings(max_examples=examples(100))
@given(documents(max_rules=5))
def test_a_document_written_out_reads_as_itself(document: dict[str, Any]) -> None:
    read, errors = read_text(as_yaml(document))
    assert read is not None, errors
    assert read.value == document
