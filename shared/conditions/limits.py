"""Bounds by which a hostile document ends in a clear error within a second."""

from dataclasses import dataclass

MAX_DEPTH = 20
MAX_STRING = 1_000
MAX_VALUES = 1_000
MAX_DAYS = 90  # Facts hold the earlier tickets of 90 days.
MAX_PATTERN = 500
MAX_PROGRAM = 5_000  # RE2 instructions: some ten times what a page of alternatives needs.


@dataclass(slots=True)
class Budget:
    """What all conditions of one document may use together; each part counts down."""

    conditions: int = 60_000
    values: int = 100_000
    patterns: int = 500
    program: int = 100_000
    bad_patterns: int = 10
