"""Rulesets in files; errors are reported as a compiler does, with file and line."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from services.triage.rules.document.parse import parse_document
from services.triage.rules.document.text import read_text
from services.triage.rules.lint.lint import Finding, lint_text
from shared.conditions import Vocabulary
from shared.validation import ValidationError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class RulesetFile:
    """A ruleset that can decide, and the text that it was read from."""

    text: str
    document: dict[str, Any]


def text_in(file: Path) -> str:
    """The text of a file. Raises ClickException."""
    try:
        return file.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8") from error
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error


def ruleset_in(file: Path, vocabulary: Vocabulary, *, linted: bool = False) -> RulesetFile:
    """The ruleset in a file. Raises ClickException with all its errors; when `linted`, with those of lint too."""
    text = text_in(file)
    read, errors = read_text(text)
    found: Iterable[ValidationError | Finding] = errors
    if read is not None:
        found = parse_document(read.value, vocabulary, read.lines)[1]
    if linted:
        found = [finding for finding in lint_text(text, vocabulary) if finding.severity == "error"]
    lines = [line_of(file, one, "error") for one in found]
    if lines or read is None or not isinstance(read.value, dict):
        raise click.ClickException("\n".join(["the ruleset has errors", *lines]))
    return RulesetFile(text, read.value)


def line_of(file: Path, found: ValidationError | Finding, severity: str) -> str:
    """One line for editors and people: file, line, path, what is wrong."""
    where = f"{file}:{found.line}" if found.line else str(file)
    return f"{where}: {severity}: {found.path}: {found.message}"
