"""The operators of the rule language. A new one is a module here and a line below; everything else reads this registry."""

from shared.conditions.operators.contains_any import CONTAINS_ANY
from shared.conditions.operators.equality import IN, IS
from shared.conditions.operators.exists import EXISTS
from shared.conditions.operators.matches import MATCHES
from shared.conditions.operators.numbers import AT_LEAST, AT_MOST
from shared.conditions.operators.operator import Operators
from shared.conditions.operators.within import WITHIN

OPERATORS = Operators(IS, IN, WITHIN, CONTAINS_ANY, MATCHES, EXISTS, AT_LEAST, AT_MOST)
