"""The table of operators that docs/rules.md holds: `python -m shared.conditions.listing` prints it."""

from collections.abc import Iterator

from shared.conditions.fields import FIELD_KINDS, KINDS_BY_FIELD
from shared.conditions.operators import OPERATORS
from shared.conditions.operators.operator import Operator


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
    return ", ".join(f"`{name}`" for name, kind in KINDS_BY_FIELD.items() if kind in operator.kinds)


if __name__ == "__main__":
    print("| test | holds when | suits |", "| --- | --- | --- |", *operator_rows(), sep="\n")  # noqa: T201
