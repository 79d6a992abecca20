"""A ruleset as text: lines with what lint says beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.rules.lint.lint import Finding

# What a browser shows without pain; the export has the rest.
MOST_LINES = 3_000


@dataclass(frozen=True)
class TextLine:
    """One line of a document, and what is wrong there."""

    number: int
    text: str
    findings: Sequence[Finding]


def lines_of(text: str, findings: Sequence[Finding]) -> list[TextLine]:
    """The first lines of a text, each with its findings."""
    at: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.line is not None:
            at.setdefault(finding.line, []).append(finding)
    lines = text.splitlines()[:MOST_LINES]
    return [TextLine(number, line, at.get(number, ())) for number, line in enumerate(lines, 1)]
