"""Lint a saved ruleset."""

from sqlalchemy import Connection

from services.triage.replays.saved import matched_lately
from services.triage.rules.lint.lint import Finding, lint, lint_text
from services.triage.rulesets.saved import Ruleset
from shared.conditions import Vocabulary

# Finding the lines of the findings in a longer text takes seconds; without them lint is fast.
LONGEST_WITH_LINES = 200_000  # characters


def lint_ruleset(connection: Connection, ruleset: Ruleset, vocabulary: Vocabulary) -> list[Finding]:
    """The findings, with line numbers unless the text is very long.

    Rules that matched nothing are found if the ruleset was replayed during the last day.
    """
    matched = matched_lately(connection, ruleset.number, [rule["id"] for rule in ruleset.document["rules"]])
    if len(ruleset.text) > LONGEST_WITH_LINES:
        return lint(ruleset.document, vocabulary, None, matched)
    return lint_text(ruleset.text, vocabulary, matched)
