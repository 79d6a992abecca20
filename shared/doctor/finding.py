"""What one question found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "critical"]


@dataclass(frozen=True)
class Finding:
    """`state`: ok; warning (works, but somebody should look); critical (something does not work). `advice`: what to do next."""

    state: State
    says: str
    advice: str = ""


@dataclass(frozen=True)
class Question:
    """`ask` may raise anything: whatever it raises is the finding, and `remedy` what to do then.

    It is not asked while something that it `needs` (by what that question is about) did not answer.
    """

    about: str
    ask: Callable[[], Finding]
    remedy: str = "is it running, and is its address right? see docs/operate/settings.md"
    needs: Sequence[str] = ()


def ok(says: str) -> Finding:
    """Nothing to do."""
    return Finding("ok", says)


def warning(says: str, advice: str) -> Finding:
    """It works, and somebody should look."""
    return Finding("warning", says, advice)


def critical(says: str, advice: str) -> Finding:
    """It does not work."""
    return Finding("critical", says, advice)
