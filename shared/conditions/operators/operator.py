"""What an operator of the rule language is: everything that any part of the system needs to know about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.conditions.fields import FieldKind
from shared.conditions.keys import Key
from shared.conditions.memoised_facts import MemoisedFacts
from shared.conditions.model import FieldTest
from shared.conditions.operands import Operand, OperandReader
from shared.conditions.vocabulary import Vocabulary

Check = Callable[[MemoisedFacts], bool]
Schema = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, eq=False)
class Operator:
    """One operator. No part has a default: an operator that leaves one out cannot be made.

    Reading and matching:
    `name` is the key in a document; `kinds` are the kinds of fields that it suits; `beside` names the one other operator that
    may stand in the same test. `read` gives the operand as written and as `check` needs it (`FieldTest.prepared`).
    `check` makes a function of facts from a test; it must not raise, whatever the facts.

    The index:
    `keys` lists alternatives: the test holds only for facts that have every key of at least one of them. An empty list means
    that facts need nothing, so that the rule is always a candidate; see `always_candidate`.

    Implication, by which lint finds rules that never decide:
    `when_absent`: whether the test holds for facts without the field; `when_present`: whether it may hold for facts with it.
    `values`: the only values of which the field has one when the test holds; None where they cannot be enumerated.
    `admits`: whether the test holds for this only value of the field; None where that is not known.
    `one_is_enough`: whether, of a field with several values, the test holds as soon as one value is admitted.
    `follows(test, given, operator)`: whether the test holds whenever `given`, one of the same field, does; `operator` is
    given's. `contradicts`: whether the test and another of the same field never hold together. False may mean that it is not
    known; True must be certain.
    `named`: the values by which lint finds tests to compare; none where a test with other values can imply this one.

    For people:
    `schema` is the JSON Schema of the operand. `usage` and `meaning` are a row of the table in docs/use/rules.md. `wording(field, operand)`
    puts a test into words for the ticket's page.
    """

    name: str
    kinds: frozenset[FieldKind]
    beside: str | None
    read: Callable[[OperandReader, object], Operand | None]
    check: Callable[[FieldTest], Check]
    keys: Callable[[FieldTest], list[Sequence[Key]]]
    when_absent: Callable[[FieldTest], bool]
    when_present: Callable[[FieldTest], bool]
    values: Callable[[FieldTest], tuple[object, ...] | None]
    admits: Callable[[FieldTest, object], bool | None]
    one_is_enough: bool
    follows: "Callable[[FieldTest, FieldTest, Operator], bool]"
    contradicts: Callable[[FieldTest, FieldTest], bool]
    named: Callable[[FieldTest], Sequence[object]]
    schema: Callable[[Vocabulary | None], Schema]
    usage: str
    meaning: str
    wording: Callable[[str, object], str]


class UnknownOperator(LookupError):
    """A test has an operator that is not registered."""


class Operators(dict[str, Operator]):
    """The registry: operators by name, in the order in which messages and listings name them."""

    def __init__(self, operators: Iterable[Operator]) -> None:
        super().__init__((operator.name, operator) for operator in operators)

    def __missing__(self, name: str) -> Operator:
        raise UnknownOperator(f"no operator {name!r} is registered")

    def of(self, test: FieldTest) -> Operator:
        """The operator of a test. Raises UnknownOperator."""
        return self[test.operator]


def always_candidate(test: FieldTest) -> list[Sequence[Key]]:
    """`keys` of an operator that holds for facts that have nothing in particular."""
    return []


def always(test: FieldTest) -> bool:
    return True


def never(*tests: object) -> bool:
    return False


def unknown(*tests: object) -> None:
    """`values` and `admits` of an operator that cannot give them."""


def nothing_named(test: FieldTest) -> Sequence[object]:
    return ()
