"""A condition that was read: groups of tests over the facts of a ticket."""

import dataclasses
from dataclasses import dataclass
from typing import Literal

GroupKind = Literal["all", "any", "none"]
GROUPS: tuple[GroupKind, ...] = ("all", "any", "none")
Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class FieldTest:
    """One test of one field.

    `operator` is the name of one in the registry. `operand` is as the document has it, `prepared` the same made ready for
    matching by the operator. `days` and `same_path` belong to `previous_tickets` alone.
    """

    field: str
    operator: str
    operand: Scalar | tuple[Scalar, ...]
    days: int | None = None
    same_path: bool = False
    prepared: object = dataclasses.field(default=None, compare=False, repr=False)

    def as_document(self) -> dict[str, object]:
        """The test as it is written in a document."""
        operand = list(self.operand) if isinstance(self.operand, tuple) else self.operand
        written: dict[str, object] = {"field": self.field, self.operator: operand}
        if self.days is not None:
            written["days"] = self.days
        if self.same_path:
            written["same_path"] = True
        return written


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions together. An empty `all` or `none` holds, an empty `any` does not."""

    kind: GroupKind
    members: "tuple[Condition, ...]"

    def as_document(self) -> dict[str, object]:
        """The group as it is written in a document."""
        return {self.kind: [member.as_document() for member in self.members]}


Condition = FieldTest | Group
