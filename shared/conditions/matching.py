"""Whether a condition holds for the facts of a note."""

from collections.abc import Callable, Mapping
from typing import cast

from shared.conditions.model import Condition, FieldTest, Operator
from shared.conditions.patterns import Pattern, found
from shared.conditions.words import Words

Facts = Mapping[str, object]
_DAY = 86_400


class Seen:
    """The facts of one note, with what several tests ask of them worked out once."""

    __slots__ = ("_words", "facts")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._words: dict[str, Words] = {}

    def value(self, field: str) -> object:
        """The fact, or None when it is missing. `text` is subject and message, one below the other."""
        if field == "text":
            return "\n".join(self.texts(field)) or None
        value = self.facts.get(field)
        return None if value is None or value == "" or value == [] else value

    def texts(self, field: str) -> list[str]:
        """The texts that the words of a field come from."""
        names = ("subject", "message") if field == "text" else (field,)
        return [value for value in map(self.facts.get, names) if isinstance(value, str) and value]

    def words(self, field: str) -> Words:
        """The words of a field, folded."""
        words = self._words.get(field)
        if words is None:
            words = self._words[field] = Words(self.texts(field))
        return words

    def previous_tickets(self, days: int | None, same_path: bool) -> int | None:
        """How many earlier notes there are, at most `days` old, on this very path if so asked."""
        earlier = self.facts.get("previous_tickets")
        if not isinstance(earlier, list | tuple):
            return None
        path = self.facts.get("category")
        youngest = None if days is None else days * _DAY
        return sum(
            1
            for ticket in earlier
            if (youngest is None or ticket["age"] <= youngest) and (not same_path or ticket["category"] == path)
        )


def matches(condition: Condition, facts: Facts | Seen) -> bool:
    """Whether the condition holds. A test on a missing value is false; no facts make it raise.

    `facts` is flat: "category", "details.<name>", "attachment.count" … `previous_tickets` is a list of
    {"category", "age" in seconds}.
    """
    seen = facts if isinstance(facts, Seen) else Seen(facts)
    return holds(condition, seen)


def holds(condition: Condition, seen: Seen) -> bool:
    """`matches` for facts that are already wrapped."""
    if isinstance(condition, FieldTest):
        return _TESTS[condition.operator](condition, seen)
    if condition.kind == "all":
        for member in condition.members:  # noqa: SIM110 (a generator would double the time a test takes)
            if not holds(member, seen):
                return False
        return True
    for member in condition.members:
        if holds(member, seen):
            return condition.kind == "any"
    return condition.kind == "none"


def _number(test: FieldTest, seen: Seen) -> int | float | None:
    if test.field == "previous_tickets":
        return seen.previous_tickets(test.days, test.same_path)
    value = seen.value(test.field)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _one_of(test: FieldTest, seen: Seen) -> bool:
    wanted = cast(frozenset[tuple[bool, object]], test.wanted)
    value = _number(test, seen) if test.field == "previous_tickets" else seen.value(test.field)
    if isinstance(value, list | tuple):
        return any(key_of(element) in wanted for element in value)
    return key_of(value) in wanted


def key_of(value: object) -> tuple[bool, object]:
    """What `is` compares: true is not 1, though Python says so; anything but a scalar equals nothing."""
    return isinstance(value, bool), value if isinstance(value, str | int | float) else None


def _within(test: FieldTest, seen: Seen) -> bool:
    value = seen.value(test.field)
    return isinstance(value, str) and (value == test.operand or value.startswith(cast(str, test.wanted)))


def _contains_any(test: FieldTest, seen: Seen) -> bool:
    singles, phrases = cast(tuple[frozenset[str], tuple[str, ...]], test.wanted)
    return seen.words(test.field).have_any(singles, phrases)


def _matches(test: FieldTest, seen: Seen) -> bool:
    value = seen.value(test.field)
    return isinstance(value, str) and found(cast(Pattern, test.wanted), value)


def _exists(test: FieldTest, seen: Seen) -> bool:
    return (seen.value(test.field) is not None) is test.operand


def _at_least(test: FieldTest, seen: Seen) -> bool:
    number = _number(test, seen)
    return number is not None and number >= cast(int, test.operand)


def _at_most(test: FieldTest, seen: Seen) -> bool:
    number = _number(test, seen)
    return number is not None and number <= cast(int, test.operand)


_TESTS: dict[Operator, Callable[[FieldTest, Seen], bool]] = {
    "is": _one_of,
    "in": _one_of,
    "within": _within,
    "contains_any": _contains_any,
    "matches": _matches,
    "exists": _exists,
    "at_least": _at_least,
    "at_most": _at_most,
}
