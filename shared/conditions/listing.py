"""The table of operators that docs/use/rules.md holds: `python -m shared.conditions.listing` prints it."""

from collections.abc import Iterator, Mapping

from shared.conditions.fields import FIELD_KINDS, KINDS_BY_FIELD, FieldKind
from shared.conditions.operators import OPERATORS
from shared.conditions.operators.operator import Operator

_GROUPS: Mapping[str, frozenset[FieldKind]] = {"texts": frozenset(("text",)), "numbers": frozenset(("number", "count"))}


def operator_rows() -> Iterator[str]:
    """A line of Markdown for each registered operator."""
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


if __name__ == "__main__":
    print("| test | holds when | fields |", "| --- | --- | --- |", *operator_rows(), sep="\n")  # noqa: T201
