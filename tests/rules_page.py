"""What the documents have of the rule language's operators: `python -m tests.rules_page` writes the table and the JSON Schema."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.triage.rules.document.schema import json_schema
from shared.conditions import OPERATORS, Operator
from shared.conditions.fields import FIELD_KINDS, KINDS_BY_FIELD, FieldKind

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/use/rules.md"
SCHEMA = ROOT / "services/triage/rules/document/schema.json"
_HEAD = ("| test | holds when | fields |", "| --- | --- | --- |")
_GROUPS: Mapping[str, frozenset[FieldKind]] = {"texts": frozenset(("text",)), "numbers": frozenset(("number", "count"))}


def operator_table() -> str:
    """The table of operators, in Markdown."""
    return "\n".join((*_HEAD, *_rows()))


def _rows() -> Iterator[str]:
    for operator in OPERATORS.values():
        yield f"| `{operator.usage}` | {operator.meaning} | {_suits(operator)} |"


def _suits(operator: Operator) -> str:
    if operator.kinds == FIELD_KINDS:
        return "every field"
    without = [name for name, kind in KINDS_BY_FIELD.items() if kind not in operator.kinds]
    if len(without) == 1:
        return f"every field but `{without[0]}`"
    groups = [group for group, kinds in _GROUPS.items() if kinds <= operator.kinds]
    grouped = frozenset[FieldKind]().union(*(_GROUPS[group] for group in groups))
    alone = [f"`{name}`" for name, kind in KINDS_BY_FIELD.items() if kind in operator.kinds - grouped]
    return ", ".join([*groups, *alone])


def main() -> None:
    """Replace the table of the page, and the published schema."""
    page = PAGE.read_text(encoding="utf-8")
    begin = page.index(_HEAD[0])
    end = page.index("\n\n", begin)
    PAGE.write_text(page[:begin] + operator_table() + page[end:], encoding="utf-8")
    SCHEMA.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
