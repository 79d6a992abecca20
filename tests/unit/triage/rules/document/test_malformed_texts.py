"""Random rule texts and values: the seed changed at random. Each is read, or its errors are named."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.rules.document import seed
from services.triage.rules.document.parse import parse_document, parse_text
from services.triage.rules.document.strict_json import read_json
from services.triage.rules.lint.lint import lint_text
from tests.random_examples import examples
from tests.unit.triage.rules.samples import VOCABULARY

SEED = Path(seed.__file__).with_name("seed.yaml").read_text(encoding="utf-8")
# What YAML and JSON read as something else than is meant.
PIECES = [
    "&a",
    "*a",
    "<<: ",
    "!!python/object:os.system x",
    "!!binary a",
    "- ",
    "? ",
    "{",
    "[",
    '"',
    "'",
    "|",
    ">-",
    "%YAML 1.1",
    "---",
    "...",
]
ODD = [
    "0x10",
    "1e400",
    ".inf",
    "~",
    "yes",
    "0o7",
    "2026-13-45",
    "1:60",
    "\t",
    "\x85",
    "\u2028",
    "\x00",
    "\ufeff",
    "\ud800",
]
KEYS = [
    "language",
    "teams",
    "rules",
    "default_teams",
    "timezone",
    "id",
    "when",
    "then",
    "all",
    "any",
    "none",
    "field",
    "is",
    "in",
    "within",
]
EXAMPLES = settings(max_examples=examples(200), deadline=None)

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(KEYS)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=8)), inner, max_size=4)
    ),
    max_leaves=20,
)


@st.composite
def bent(draw: st.DrawFn) -> str:
    """The seed with some of its lines removed, doubled, indented, or with odd text inserted."""
    lines = SEED.splitlines()
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        line, column = lines[at], draw(st.integers(0, len(lines[at])))
        how = draw(st.sampled_from(["cut", "double", "in", "put", "rest"]))
        if how == "cut" and len(lines) > 1:
            del lines[at]
        elif how == "double":
            lines.insert(at, line)
        elif how == "in":
            lines[at] = " " * draw(st.integers(0, 6)) + line.lstrip()
        elif how == "put":
            lines[at] = line[:column] + draw(st.sampled_from(PIECES + ODD)) + line[column:]
        else:
            lines[at] = line[:column]
    return "\n".join(lines)


def check(text: str) -> None:
    """Read it as the editor and the CLI do: what is no ruleset has an error."""
    document, errors = parse_text(text, VOCABULARY)
    assert (document is None) == bool(errors)
    findings = lint_text(text, VOCABULARY)
    assert bool(errors) == any(finding.severity == "error" for finding in findings)
    assert all(finding.message for finding in findings)


@EXAMPLES
@given(text=bent())
def test_a_bent_seed_is_read_or_has_errors(text: str) -> None:
    check(text)


@EXAMPLES
@given(text=st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES + ODD + KEYS), max_size=30).map(" ".join)))
def test_any_text_is_read_or_has_errors(text: str) -> None:
    check(text)


@EXAMPLES
@given(value=values)
def test_any_value_is_read_or_has_errors(value: Any) -> None:
    document, errors = parse_document(value, VOCABULARY)
    assert (document is None) == bool(errors)
    body = json.dumps(value, allow_nan=True).encode("utf-8", "surrogatepass")
    read, unread = read_json(body)
    assert unread or read is not None or value is None


@EXAMPLES
@given(body=st.binary(max_size=300))
def test_any_bytes_are_read_or_have_errors(body: bytes) -> None:
    value, errors = read_json(body)
    assert errors or isinstance(value, object)
