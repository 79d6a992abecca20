"""YAML and JSON texts: what they mean, and what is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.rules.document.strict_json import read_json
from services.triage.rules.document.text import read_text

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(codec="utf-8", exclude_categories=["C"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=10,
)


def value(text: str) -> object:
    read, errors = read_text(text)
    assert read is not None, errors
    return read.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is: NO", {"is": "NO"}),
        ("is: no", {"is": "no"}),
        ("at: 17:00", {"at": "17:00"}),
        ("on: 2026-11-22", {"on": "2026-11-22"}),
        (
            "a: 010\nb: 10\nc: 1_0\nd: -3\ne: 0.5\nf: .5",
            {"a": "010", "b": 10, "c": "1_0", "d": -3, "e": 0.5, "f": ".5"},
        ),
        ("a: true\nb: True\nc: null\nd: ~\ne:", {"a": True, "b": "True", "c": None, "d": None, "e": None}),
        ("a: 'true'\nb: \"1\"\nc: |\n  1\n", {"a": "true", "b": "1", "c": "1\n"}),
        ("- [1, {a: b}]\n-\n  - x", [[1, {"a": "b"}], ["x"]]),
        ("", None),
        ('{"a": [1, "b\\n"]}', {"a": [1, "b\n"]}),
    ],
)
def test_scalars_mean_what_they_mean_in_json(text: str, expected: object) -> None:
    assert value(text) == expected


@given(VALUES)
def test_json_means_the_same_in_both_readers(some: Any) -> None:
    text = json.dumps(some)
    assert read_json(text.encode()) == (some, [])
    assert value(text) == some


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: &x 2", 2, "anchors"),
        ("a: 1\nb: *x", 2, "anchors"),
        ("a: !!python/object:os.system x", 1, "tags"),
        ("a: !!map {}", 1, "tags"),
        ("a: 1\nb: 2\na: 3", 3, "twice"),
        ("? [a]\n: 1", 1, "key"),
        ("a: 1\n---\nb: 2", 2, "second"),
        ("a: 1\n b: 2", 2, "not readable"),
        ("a: \x07", None, "not readable"),
        ("a: '\ud800'", None, "not readable"),
    ],
)
def test_what_is_refused(text: str, line: int | None, said: str) -> None:
    read, (error,) = read_text(text)
    assert read is None
    assert said in error.message
    assert error.line == line


def test_the_line_of_everything() -> None:
    read, _ = read_text("a: 1\nrules:\n  - id: x\n    then:\n      tags: [one,\n        two]\n")
    assert read is not None
    assert read.lines == {
        "document": 1,
        "document.a": 1,
        "document.rules": 3,
        "document.rules[0]": 3,
        "document.rules[0].id": 3,
        "document.rules[0].then": 5,
        "document.rules[0].then.tags": 5,
        "document.rules[0].then.tags[0]": 5,
        "document.rules[0].then.tags[1]": 6,
    }
