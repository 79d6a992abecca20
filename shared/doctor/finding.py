"""Questions and their findings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "critical"]


@dataclass(frozen=True)
class Finding:
    """`state`: ok; warning (works, but needs attention); critical (does not work). `advice`: what to do next."""

    state: State
    says: str
    advice: str = ""


@dataclass(frozen=True)
class Question:
    """What `ask` raises becomes the finding, with `remedy` as its advice.

    It is skipped when a question that it `needs` (by its `about`) got no answer.
    """

    about: str
    ask: Callable[[], Finding]
    remedy: str = "is it running, and is its address right? see docs/operate/settings.md"
    needs: Sequence[str] = ()


def ok(says: str) -> Finding:
    return Finding("ok", says)


def warning(says: str, advice: str) -> Finding:
    return Finding("warning", says, advice)


def critical(says: str, advice: str) -> Finding:
    return Finding("critical", says, advice)
