"""Whether a condition holds for the facts of a note."""

from collections.abc import Callable
from typing import cast

from shared.conditions.memoised_facts import Facts, Seen
from shared.conditions.model import Condition, FieldTest, GroupKind, Operator
from shared.conditions.patterns import Pattern, found
from shared.conditions.words import beginnings_of, led_by_a_word

Check = Callable[[Seen], bool]


def matches(condition: Condition, facts: Facts) -> bool:
    """Whether the condition holds. A test on a value that is missing is false; no facts make it raise.

    `facts` is flat: "category", "details.<name>", "attachment.count" … `previous_tickets` is a list of
    {"category", "age" in seconds}.
    """
    return check_of(condition)(Seen(facts))


def holds(condition: Condition, seen: Seen) -> bool:
    """`matches` for facts that are already wrapped."""
    return check_of(condition)(seen)


def check_of(condition: Condition) -> Check:
    """The condition as a function, for those who ask it of many notes."""
    if isinstance(condition, FieldTest):
        return _TESTS[condition.operator](condition)
    return _GROUPS[condition.kind]([check_of(member) for member in condition.members])


def key_of(value: object) -> tuple[bool, object]:
    """What `is` compares: true is not 1, though Python says so; anything but a scalar equals nothing."""
    return isinstance(value, bool), value if isinstance(value, str | int | float) else None


# The loops below are what all() and any() would say; a generator would double the time of a test.
def _all(members: list[Check]) -> Check:
    def check(seen: Seen) -> bool:
        for member in members:  # noqa: SIM110
            if not member(seen):
                return False
        return True

    return check


def _any(members: list[Check]) -> Check:
    def check(seen: Seen) -> bool:
        for member in members:  # noqa: SIM110
            if member(seen):
                return True
        return False

    return check


def _none(members: list[Check]) -> Check:
    some = _any(members)
    return lambda seen: not some(seen)


def _number(test: FieldTest) -> Callable[[Seen], int | float | None]:
    def number(seen: Seen) -> int | float | None:
        if test.field == "previous_tickets":
            return seen.previous_tickets(test.days, test.same_path)
        value = seen.value(test.field)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    return number


def _one_of(test: FieldTest) -> Check:
    wanted = cast(frozenset[tuple[bool, object]], test.wanted)
    texts = frozenset(value for _, value in wanted if isinstance(value, str))
    field = test.field
    if field == "previous_tickets":
        number = _number(test)
        return lambda seen: key_of(number(seen)) in wanted
    if field == "text":
        return lambda seen: seen.value("text") in texts

    def check(seen: Seen) -> bool:
        value = seen.facts.get(field)
        if isinstance(value, str):
            return value in texts
        if isinstance(value, list | tuple):
            return any(key_of(element) in wanted for element in value)
        return key_of(value) in wanted

    return check


def _within(test: FieldTest) -> Check:
    field, path, below = test.field, test.operand, cast(str, test.wanted)

    def check(seen: Seen) -> bool:
        value = seen.facts.get(field)
        return isinstance(value, str) and (value == path or value.startswith(below))

    return check


def _contains_any(test: FieldTest) -> Check:
    singles, phrases = cast(tuple[frozenset[str], tuple[str, ...]], test.wanted)
    beginnings, led, field = beginnings_of(singles), led_by_a_word(phrases), test.field
    return lambda seen: seen.words(field).have_any(singles, beginnings, led)


def _matches(test: FieldTest) -> Check:
    pattern, field = cast(Pattern, test.wanted), test.field

    def check(seen: Seen) -> bool:
        value = seen.value(field)
        return isinstance(value, str) and found(pattern, value)

    return check


def _exists(test: FieldTest) -> Check:
    there, field = test.operand, test.field
    return lambda seen: (seen.value(field) is not None) is there


def _at_least(test: FieldTest) -> Check:
    bound, number = cast(int, test.operand), _number(test)
    return lambda seen: (value := number(seen)) is not None and value >= bound


def _at_most(test: FieldTest) -> Check:
    bound, number = cast(int, test.operand), _number(test)
    return lambda seen: (value := number(seen)) is not None and value <= bound


_GROUPS: dict[GroupKind, Callable[[list[Check]], Check]] = {"all": _all, "any": _any, "none": _none}
_TESTS: dict[Operator, Callable[[FieldTest], Check]] = {
    "is": _one_of,
    "in": _one_of,
    "within": _within,
    "contains_any": _contains_any,
    "matches": _matches,
    "exists": _exists,
    "at_least": _at_least,
    "at_most": _at_most,
}
