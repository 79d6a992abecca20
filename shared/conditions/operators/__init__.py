"""The operators of the rule language: each module registers its own, in this order. Everything else reads this registry."""

from shared.conditions.operators import contains_any, equality, exists, matches, numbers, within
from shared.conditions.operators.operator import Operators

_MODULES = (equality, within, contains_any, matches, exists, numbers)
OPERATORS = Operators(operator for module in _MODULES for operator in module.OPERATORS)
