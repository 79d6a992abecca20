"""From what a use case raised to what the form says about it: all that was typed stays, whatever went wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import TooManyRequests, TransientError, Unavailable, UseCaseError
from shared.http.problems import RETRY_AFTER, STATUS

# What the form answers to itself; everything else is a page of its own.
REFUSALS = (UseCaseError, TransientError, DBAPIError, PoolTimeout)


@dataclass(frozen=True)
class Refusal:
    """The status of the answer, and the faults by question ("" for those of none)."""

    status: int
    faults: Mapping[str, Sequence[str]]
    headers: dict[str, str] = field(default_factory=dict)


def refusal(error: Exception) -> Refusal:
    """What to say about `error`, one of REFUSALS."""
    if isinstance(error, TooManyRequests):
        return Refusal(429, {"": [_wait(error.retry_after)]}, {"Retry-After": str(max(1, error.retry_after))})
    if isinstance(error, Unavailable) or not isinstance(error, UseCaseError):
        wait = getattr(error, "retry_after", RETRY_AFTER)
        return Refusal(503, {"": [_AWAY]}, {"Retry-After": str(wait)})
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)
    return Refusal(status, getattr(error, "errors", None) or {"": [error.detail]})


_AWAY = "Something we need is away for a moment, and nothing was sent. Please try again in a minute."
_LATER = "Too many notes have come from you in a short time. What you typed is still here: please try again in a few minutes."
_TOMORROW = "Too many notes have come from you today. Please try again tomorrow."
_HOUR = 3600


def _wait(seconds: int) -> str:
    return _LATER if seconds < _HOUR else _TOMORROW


def sentences() -> tuple[str, ...]:
    """Those said here, for who collects what there is to translate."""
    return _AWAY, _LATER, _TOMORROW
