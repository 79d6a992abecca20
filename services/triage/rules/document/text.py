"""Reads a ruleset's text, YAML or JSON, into plain values with the line of each."""

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from services.triage.rules.document.strict_json import read_json
from services.triage.rules.without_gc import without_gc
from shared.validation import ValidationError
from shared.yaml_lines import ROOT, YamlError, read_yaml

MAX_TEXT_BYTES = 1 << 20


@dataclass(frozen=True)
class Text:
    """The value of a text, and the line (from 1) of everything in it by its path."""

    value: object
    lines: Mapping[str, int]


@without_gc
def read_text(text: str) -> tuple[Text | None, list[ValidationError]]:
    """The text's value and lines, or why it cannot be read. Accepts YAML and JSON."""
    if len(text.encode("utf-8", "replace")) > MAX_TEXT_BYTES:
        return None, [ValidationError(ROOT, f"larger than {MAX_TEXT_BYTES >> 20} MiB")]
    try:
        read = read_yaml(text)
    except YamlError as error:
        return None, [ValidationError(ROOT, str(error), error.line)]
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        return _as_json(text) or (None, [_unreadable(error)])
    if read.doubled:
        _, key, line = read.doubled[0]
        return None, [ValidationError(ROOT, f"the key {key[:60]!r} is there twice", line)]
    return Text(read.value, read.lines), []


def _as_json(text: str) -> tuple[Text, list[ValidationError]] | None:
    """The little JSON that YAML does not accept, such as escaped surrogate pairs; it has no lines."""
    value, errors = read_json(text.encode("utf-8", "replace"))
    return None if errors else (Text(value, {}), [])


def _unreadable(error: Exception) -> ValidationError:
    if not isinstance(error, yaml.MarkedYAMLError):
        return ValidationError(ROOT, f"not readable: {str(error)[:200]}")
    mark = error.problem_mark or error.context_mark
    why = " ".join(part for part in (error.context, error.problem) if part)
    return ValidationError(ROOT, f"not readable: {why}", mark.line + 1 if mark else None)
