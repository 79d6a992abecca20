"""Whether one condition holds whenever another does, and whether a condition can hold at all.

Both answers are sure when they are yes; a no may be wrong, since texts and patterns are not looked into. That is what a
lint wants: what it reports is so.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from shared.conditions import Condition, FieldTest, Group
from shared.conditions.matching import key_of

# Two conditions of some seventy tests each; larger ones are not compared, which would take long.
_MOST_PAIRS = 5_000
_MANY_VALUES = frozenset(("attachment.type", "missing_evidence", "previous_tickets", "details.cannot_provide"))


def conjuncts(condition: Condition | None) -> list[Condition]:
    """The conditions that must all hold, groups within `all` taken apart."""
    if condition is None:
        return []
    if isinstance(condition, Group) and (condition.kind == "all" or _single_any(condition)):
        return [part for member in condition.members for part in conjuncts(member)]
    if isinstance(condition, Group) and condition.kind == "none":
        return [Group("none", (member,)) for member in condition.members]
    return [condition]


def _single_any(group: Group) -> bool:
    return group.kind == "any" and len(group.members) == 1


def implies(given: Sequence[Condition], wanted: Sequence[Condition]) -> bool:
    """Whether all of `wanted` hold whenever all of `given` do; both are conjuncts."""
    if pairs(given, wanted) > _MOST_PAIRS:
        return False
    return _imply(given, wanted)


def pairs(given: Sequence[Condition], wanted: Sequence[Condition]) -> int:
    """How many pairs of tests a comparison looks at, at most; each takes about a microsecond."""
    return sum(map(_size, given)) * sum(map(_size, wanted))


def _size(condition: Condition) -> int:
    return 1 if isinstance(condition, FieldTest) else 1 + sum(map(_size, condition.members))


def _imply(given: Sequence[Condition], wanted: Sequence[Condition]) -> bool:
    return all(any(_implies(one, other) for one in given) for other in wanted)


def _implies(given: Condition, wanted: Condition) -> bool:
    """Of two single conjuncts: a test, an `any`, or a `none` of one member."""
    if given == wanted:
        return True
    if isinstance(wanted, Group):
        if wanted.kind == "any":
            return any(_imply([given], conjuncts(member)) for member in wanted.members) or _members_imply(given, wanted)
        never = wanted.members[0]
        if isinstance(given, Group):
            if given.kind == "none":
                return _imply(conjuncts(never), conjuncts(given.members[0]))
            return _members_imply(given, wanted)
        return isinstance(never, FieldTest) and contradict(given, never)
    if isinstance(given, Group):
        return _members_imply(given, wanted)
    return _test_implies(given, wanted)


def _members_imply(given: Condition, wanted: Condition) -> bool:
    return (
        isinstance(given, Group)
        and given.kind == "any"
        and bool(given.members)
        and all(_imply(conjuncts(member), [wanted]) for member in given.members)
    )


def _test_implies(given: FieldTest, wanted: FieldTest) -> bool:
    if given.field != wanted.field or (given.days, given.same_path) != (wanted.days, wanted.same_path):
        return False
    if wanted.operator == "exists":
        return wanted.operand is (given.operand if given.operator == "exists" else True)
    values = allowed(given)
    if values is not None and wanted.operator in ("is", "in", "within", "at_least", "at_most"):
        return all(_admits(wanted, value) for value in values)
    if given.operator == wanted.operator == "within":
        return f"{given.operand}/".startswith(f"{wanted.operand}/")
    if given.operator == wanted.operator == "contains_any":
        return words_of(given) <= words_of(wanted)
    if given.operator == wanted.operator == "at_least":
        return cast(int, given.operand) >= cast(int, wanted.operand)
    if given.operator == wanted.operator == "at_most":
        return cast(int, given.operand) <= cast(int, wanted.operand)
    return False


def words_of(test: FieldTest) -> frozenset[str]:
    """The folded words and phrases of a `contains_any`."""
    singles, phrases = cast(tuple[frozenset[str], tuple[str, ...]], test.wanted)
    return singles | frozenset(phrases)


def allowed(test: FieldTest) -> tuple[object, ...] | None:
    """The only values the field has when the test holds; None where they are not listed."""
    if test.operator == "in":
        return cast(tuple[object, ...], test.operand)
    return (test.operand,) if test.operator == "is" else None


def _admits(test: FieldTest, value: object) -> bool:
    """Whether the test holds for a single value of its field."""
    if test.operator in ("is", "in"):
        return key_of(value) in map(key_of, allowed(test) or ())
    if test.operator == "within":
        return f"{value}/".startswith(f"{test.operand}/")
    if isinstance(value, str) or not isinstance(value, int | float):
        return False
    bound = cast(int, test.operand)
    return value >= bound if test.operator == "at_least" else value <= bound


def impossible(condition: Condition | None) -> str | None:
    """Why the condition can never hold; None when it may."""
    parts = conjuncts(condition)
    for part in parts:
        if isinstance(part, Group) and part.kind == "any" and all(impossible(member) for member in part.members):
            return "an empty any never holds" if not part.members else "no member of the any can hold"
    by_field: dict[str, list[FieldTest]] = defaultdict(list)
    never = [part.members[0] for part in parts if isinstance(part, Group) and part.kind == "none"]
    for part in parts:
        if not isinstance(part, FieldTest):
            continue
        for other in by_field[part.field]:
            if contradict(part, other):
                return f"{_said(other)} and {_said(part)} never hold together"
        by_field[part.field].append(part)
    given = [part for part in parts if not (isinstance(part, Group) and part.kind == "none")]
    for member in never:
        if implies(given, conjuncts(member)):
            return f"none of {_said(member)} contradicts what else must hold"
    return None


def contradict(one: FieldTest, other: FieldTest) -> bool:
    """Whether two tests never hold of one note."""
    if one.field != other.field:
        return False
    if "exists" in (one.operator, other.operator):
        absent = one if one.operator == "exists" and one.operand is False else other
        present = other if absent is one else one
        return absent.operator == "exists" and absent.operand is False and present.operand is not False
    if one.field in _MANY_VALUES and (one.field != "previous_tickets" or _counted(one) != _counted(other)):
        return False
    for first, second in ((one, other), (other, one)):
        values = allowed(first)
        if values is not None and second.operator in ("is", "in", "within", "at_least", "at_most"):
            return not any(_admits(second, value) for value in values)
        if (first.operator, second.operator) == ("at_least", "at_most"):
            return cast(int, first.operand) > cast(int, second.operand)
    if one.operator == other.operator == "within":
        return not (_test_implies(one, other) or _test_implies(other, one))
    return False


def _counted(test: FieldTest) -> tuple[int | None, bool]:
    return test.days, test.same_path


def _said(condition: Condition) -> str:
    if isinstance(condition, Group):
        return f"this {condition.kind}"
    operand = str(condition.operand)
    return f"{condition.field} {condition.operator} {operand if len(operand) < 60 else operand[:57] + '…'}"
