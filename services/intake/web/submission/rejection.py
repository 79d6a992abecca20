"""What the form answers when a use case raised: status, errors by question, headers. All that was entered stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.intake.addresses import request_address_change
from services.intake.satisfaction import give_satisfaction
from services.intake.tickets import find_links
from shared.errors import TooManyRequests, TransientError, Unavailable, UseCaseError
from shared.http.problems import RETRY_AFTER, STATUS
from shared.i18n.marker import gettext_noop

# What is answered by the form itself; any other error is answered by a page of its own.
REJECTIONS = (UseCaseError, TransientError, DBAPIError, PoolTimeout)

AWAY = gettext_noop("A part of our service is unavailable, and nothing was sent. Please try again in a minute.")
LATER = gettext_noop(
    "Too many notes have come from you in a short time. What you wrote is still here: please try again in a few minutes."
)
TOMORROW = gettext_noop("Too many notes have come from you today. Please try again tomorrow.")
# Where nothing that could be lost was written, the use case says itself what there was too much of.
THEIR_OWN = (find_links.TOO_OFTEN, request_address_change.TOO_OFTEN, give_satisfaction.TOO_OFTEN)
_HOUR = 3600


@dataclass(frozen=True)
class Rejection:
    """The status of the answer, and the errors by question ("" for those of none)."""

    status: int
    errors: Mapping[str, Sequence[str]]
    headers: dict[str, str] = field(default_factory=dict)


def rejection(error: Exception) -> Rejection:
    """What to answer to `error`, one of REJECTIONS."""
    if isinstance(error, TooManyRequests):
        usual = LATER if error.retry_after < _HOUR else TOMORROW
        sentence = error.detail if error.detail in THEIR_OWN else usual
        return Rejection(429, {"": [sentence]}, {"Retry-After": str(max(1, error.retry_after))})
    if isinstance(error, Unavailable) or not isinstance(error, UseCaseError):
        wait = getattr(error, "retry_after", RETRY_AFTER)
        return Rejection(503, {"": [AWAY]}, {"Retry-After": str(wait)})
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)
    return Rejection(status, getattr(error, "errors", None) or {"": [error.detail]})
