"""The conditions of the rule language: pure, used by the catalogue's `when` and by triage's rules.

`parse` reads a condition and names all its errors, `matches` tells whether it holds for a ticket's facts.
"""

from shared.conditions.limits import Budget
from shared.conditions.matching import check_of, holds, matches
from shared.conditions.memoised_facts import Facts, MemoisedFacts
from shared.conditions.model import Condition, FieldTest, Group
from shared.conditions.operators import OPERATORS
from shared.conditions.operators.operator import Check, Operator, UnknownOperator
from shared.conditions.parsing import parse, read_condition
from shared.conditions.vocabulary import Vocabulary

__all__ = [
    "OPERATORS",
    "Budget",
    "Check",
    "Condition",
    "Facts",
    "FieldTest",
    "Group",
    "MemoisedFacts",
    "Operator",
    "UnknownOperator",
    "Vocabulary",
    "check_of",
    "holds",
    "matches",
    "parse",
    "read_condition",
]
