"""Puts a rule into the text of a ruleset and leaves all else, comments too, as it was written."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.triage.rules.document.text import read_text
from services.triage.rules.document.write import as_yaml

_ITEM = re.compile(r"( *)- ")


def with_rule(text: str, index: int, rule: Mapping[str, Any], *, instead: bool = False) -> str | None:
    """The text with `rule` before the rule at `index` (behind the last, where there is none), or `instead` of it.

    None where the rules are not written as a list of lines, or the text cannot be read: then there is nothing to keep.
    """
    read, _ = read_text(text)
    rules = read.value.get("rules") if read and isinstance(read.value, dict) else None
    if read is None or not isinstance(rules, list) or not rules:
        return None
    lines = text.split("\n")
    first = read.lines[f"document.rules[{min(index, len(rules) - 1)}]"] - 1
    item = _ITEM.match(lines[first])
    if item is None:
        return None
    new = [f"{item[1]}{line}" for line in as_yaml([rule]).splitlines()]
    above, end = _above_comments(lines, first), _end(lines, first, len(item[1]))
    blank = [""] if above > 0 and not lines[above - 1].strip() else []  # as between the others
    if instead:
        lines[first:end] = new
    elif index < len(rules):
        lines[above:above] = [*new, *blank]
    else:
        lines[end:end] = [*blank, *new]
    rules[index : index + 1 if instead else index] = [rule]
    return _checked("\n".join(lines), rules)


def _above_comments(lines: Sequence[str], first: int) -> int:
    """The first line of the comment right above the rule."""
    while first > 0 and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first


def _end(lines: Sequence[str], first: int, column: int) -> int:
    """The line behind the rule's last: what is indented deeper than its dash is the rule's."""
    end = first + 1
    for number in range(first + 1, len(lines)):
        line = lines[number].lstrip(" ")
        if not line.strip() or line.startswith("#"):
            continue
        if len(lines[number]) - len(line) <= column:
            break
        end = number + 1
    return end


def _checked(text: str, rules: Sequence[Any]) -> str | None:
    read, _ = read_text(text)
    return text if read is not None and isinstance(read.value, dict) and read.value["rules"] == rules else None
