"""Whether one condition holds whenever another does, and whether a condition can hold at all.

A yes is certain; a no may be wrong, since texts and patterns are not looked into. So what lint reports is true.
"""

from collections import defaultdict
from collections.abc import Sequence

from shared.conditions import OPERATORS, Condition, FieldTest, Group
from shared.conditions.fields import MANY_VALUES

# Two conditions of some seventy tests each; larger ones are not compared, which would take long.
_MOST_PAIRS = 5_000


def conjuncts(condition: Condition | None) -> list[Condition]:
    """The conditions that must all hold, groups within `all` flattened."""
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
    if given.field != wanted.field or _counted(given) != _counted(wanted):
        return False
    stronger, weaker = OPERATORS.of(given), OPERATORS.of(wanted)
    if weaker.one_is_enough or given.field not in MANY_VALUES:
        admitted = _admitted(wanted, stronger.values(given))
        if admitted is not None:
            return all(admitted)
    return weaker.follows(wanted, given, stronger)


def _admitted(test: FieldTest, values: Sequence[object] | None) -> list[bool] | None:
    """For each of the values whether the test holds for it; None where there are no values, or that is not known."""
    if values is None:
        return None
    operator = OPERATORS.of(test)
    admitted = [operator.admits(test, value) for value in values]
    known = [one for one in admitted if one is not None]
    return known if len(known) == len(admitted) else None


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
                return f"{_written(other)} and {_written(part)} never hold together"
        by_field[part.field].append(part)
    given = [part for part in parts if not (isinstance(part, Group) and part.kind == "none")]
    for member in never:
        if implies(given, conjuncts(member)):
            return f"none of {_written(member)} contradicts what else must hold"
    return None


def contradict(one: FieldTest, other: FieldTest) -> bool:
    """Whether two tests never hold of one ticket."""
    if one.field != other.field:
        return False
    first, second = OPERATORS.of(one), OPERATORS.of(other)
    absent = first.when_absent(one) and second.when_absent(other)
    if absent or not (first.when_present(one) and second.when_present(other)):
        return not absent
    if one.field in MANY_VALUES or _counted(one) != _counted(other):
        return False
    for admitted in (_admitted(other, first.values(one)), _admitted(one, second.values(other))):
        if admitted is not None:
            return not any(admitted)
    return first.contradicts(one, other) or second.contradicts(other, one)


def _counted(test: FieldTest) -> tuple[int | None, bool]:
    return test.days, test.same_path


def _written(condition: Condition) -> str:
    if isinstance(condition, Group):
        return f"this {condition.kind}"
    operand = str(condition.operand)
    return f"{condition.field} {condition.operator} {operand if len(operand) < 60 else operand[:57] + '…'}"
