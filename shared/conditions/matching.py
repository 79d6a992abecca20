"""Whether a condition holds for the facts of a ticket."""

from collections.abc import Callable

from shared.conditions.memoised_facts import Facts, MemoisedFacts
from shared.conditions.model import Condition, FieldTest, GroupKind
from shared.conditions.operators import OPERATORS
from shared.conditions.operators.operator import Check


def matches(condition: Condition, facts: Facts) -> bool:
    """Whether the condition holds. A test on a value that is missing is false; no facts make it raise.

    `facts` is flat: "category", "details.<name>", "attachment.count" … `previous_tickets` is a list of
    {"category", "age" in seconds}.
    """
    return check_of(condition)(MemoisedFacts(facts))


def holds(condition: Condition, facts: MemoisedFacts) -> bool:
    """`matches` for facts that are already wrapped."""
    return check_of(condition)(facts)


def check_of(condition: Condition) -> Check:
    """The condition as a function, for callers that ask it of many tickets. Raises UnknownOperator."""
    if isinstance(condition, FieldTest):
        return OPERATORS.of(condition).check(condition)
    return _GROUPS[condition.kind]([check_of(member) for member in condition.members])


# The loops below do what all() and any() would; a generator would double the time of a test.
def _all(members: list[Check]) -> Check:
    def check(facts: MemoisedFacts) -> bool:
        for member in members:  # noqa: SIM110
            if not member(facts):
                return False
        return True

    return check


def _any(members: list[Check]) -> Check:
    def check(facts: MemoisedFacts) -> bool:
        for member in members:  # noqa: SIM110
            if member(facts):
                return True
        return False

    return check


def _none(members: list[Check]) -> Check:
    some = _any(members)
    return lambda facts: not some(facts)


_GROUPS: dict[GroupKind, Callable[[list[Check]], Check]] = {"all": _all, "any": _any, "none": _none}
