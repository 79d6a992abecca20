"""YAML is read into plain values, each with its line. What rulesets refuse: tests/unit/triage/rules/document/test_text.py."""

import pytest

from shared.yaml_lines import MAX_NESTING, Unquoted, YamlError, plain_value, read_yaml

ANCHORED = "a: &x\n  b: [1,\n    2]\nc: *x\nd:\n  - *x\n"


def test_an_unquoted_scalar_can_stay_as_written() -> None:
    value = read_yaml("a: no\nb: '1'\nc: 1\nd:\n", scalar=Unquoted).value
    assert value == {"a": "no", "b": "1", "c": "1", "d": ""}
    assert isinstance(value, dict)
    assert [isinstance(one, Unquoted) for one in value.values()] == [True, False, True, True]
    assert [plain_value(one) for one in ("no", "1", "", "true", "1.5", "17:00")] == ["no", 1, None, True, 1.5, "17:00"]


def test_a_repeated_value_has_the_lines_of_its_anchor() -> None:
    read = read_yaml(ANCHORED, anchors=True)
    assert read.value == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": [{"b": [1, 2]}]}
    for path in ("document.a", "document.c", "document.d[0]"):
        assert [read.lines[f"{path}{inside}"] for inside in ("", ".b", ".b[0]", ".b[1]")] == [1, 2, 2, 3]
    assert read.key_lines == {
        "document.a": 1,
        "document.a.b": 2,
        "document.c": 4,
        "document.c.b": 2,
        "document.d": 5,
        "document.d[0].b": 2,
    }


def test_a_scalar_can_be_repeated_and_a_tag_is_ignored() -> None:
    assert read_yaml("a: &x y\nb: *x\nc: !!str 1\n", anchors=True, scalar=Unquoted).value == {
        "a": "y",
        "b": "y",
        "c": "1",
    }


def test_of_two_equal_keys_the_first_counts_and_the_second_is_named() -> None:
    read = read_yaml("a:\n  b: 1\n  b:\n    c: 2\n  d: 3\n")
    assert read.value == {"a": {"b": 1, "d": 3}}
    assert read.doubled == (("document.a", "b", 3),)
    assert read.lines["document.a.b"] == 2


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("a: *x\n", 1, "no anchor"),
        ("a: &x\n  - *x\n", 2, "no anchor"),
        ("a: 1\n---\nb: 1\n", 2, "second"),
        ("\n" + "[" * (MAX_NESTING + 1), 2, "deeper"),
    ],
)
def test_what_is_refused_even_with_anchors(text: str, line: int, why: str) -> None:
    with pytest.raises(YamlError, match=why) as caught:
        read_yaml(text, anchors=True)
    assert caught.value.line == line


def test_values_that_multiply_end_in_an_error() -> None:
    rows = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(YamlError, match="more than"):
        read_yaml("\n".join(rows), anchors=True)
