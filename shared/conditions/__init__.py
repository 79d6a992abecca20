"""The tests of the rule language: pure, used by the catalogue's `when` and by triage's rules.

`parse` reads a condition and names all its faults, `matches` says whether it holds for a note's facts.
"""

from shared.conditions.limits import Budget
from shared.conditions.matching import Check, check_of, holds, matches
from shared.conditions.memoised_facts import Facts, Seen
from shared.conditions.model import Condition, FieldTest, Group
from shared.conditions.parsing import parse
from shared.conditions.validation_error import Fault
from shared.conditions.vocabulary import Vocabulary

__all__ = [
    "Budget",
    "Check",
    "Condition",
    "Facts",
    "Fault",
    "FieldTest",
    "Group",
    "Seen",
    "Vocabulary",
    "check_of",
    "holds",
    "matches",
    "parse",
]
