"""Patterns that an admin writes, in RE2, whose time is linear in the text whatever the pattern."""

from typing import Protocol, cast

import re2

from shared.conditions.limits import MAX_PATTERN, MAX_PROGRAM, Budget

# RE2's own bound on a compiled program; its default of 8 MiB lets one bad pattern take 60 ms until it is refused.
_MEMORY = 1 << 19


class Pattern(Protocol):
    """A compiled pattern, as far as we use it."""

    @property
    def programsize(self) -> int: ...

    def search(self, text: bytes) -> object | None: ...


class PatternError(Exception):
    """The pattern cannot be used; the message gives the reason."""


def compile_pattern(source: str, budget: Budget) -> Pattern:
    """The compiled pattern; its cost is deducted from the budget.

    Raises PatternError for a pattern that RE2 refuses, that is too long or too large, or beyond the budget.
    """
    if len(source) > MAX_PATTERN:
        raise PatternError(f"the pattern is longer than {MAX_PATTERN} characters")
    if budget.patterns <= 0 or budget.bad_patterns <= 0 or budget.program <= 0:
        raise PatternError("the document has too many or too large patterns; this one was not looked at")
    budget.patterns -= 1
    try:
        pattern = _compile(source)
    except PatternError:
        budget.bad_patterns -= 1
        raise
    budget.program -= pattern.programsize
    return pattern


def _compile(source: str) -> Pattern:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        pattern = cast(Pattern, re2.compile(source, options))
    except re2.error as error:
        reason = error.args[0] if error.args else "unknown"
        why = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise PatternError(f"RE2 refuses the pattern: {why}") from None
    except UnicodeEncodeError:
        raise PatternError("the pattern holds half a character (a lone surrogate)") from None
    if pattern.programsize > MAX_PROGRAM:
        raise PatternError("the pattern is too large once its repetitions are written out")
    return pattern


def found(pattern: Pattern, text: str) -> bool:
    """Whether the pattern is found anywhere in the text."""
    return pattern.search(text.encode("utf-8", "replace")) is not None
