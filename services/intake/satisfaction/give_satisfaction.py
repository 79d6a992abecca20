"""Record what a requester answers about how a ticket was resolved."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.deps import Deps
from services.intake.satisfaction.answer import Answer
from services.intake.satisfaction.find_question import question_of
from shared.errors import Conflict, TooManyRequests
from shared.events.contracts import satisfaction_given
from shared.events.log import record
from shared.i18n.marker import gettext_noop

TOO_OFTEN = gettext_noop("The answer was changed often in a short time. Please try again later.")
TOO_LATE = gettext_noop("This can be answered for 7 days, which are over.")


@dataclass(frozen=True)
class Given:
    """An answer that was recorded, and when."""

    answer: Answer
    at: datetime


def give_satisfaction(
    deps: Deps, reference: str, token: str, answer: Answer, network: str, correlation_id: str
) -> Given:
    """Record the answer; of several to one resolution the newest counts.

    Raises NotFound as find_question does; Conflict more than 7 days after the resolution; TooManyRequests beyond the limits of the
    ticket and of the network.
    """
    counted = (
        (deps.settings.follow_ups, "satisfaction", reference),
        (deps.settings.submissions, "satisfaction-of-network", network),
    )
    if wait := max(deps.limiter.seconds_to_wait(*one) for one in counted):
        raise TooManyRequests(TOO_OFTEN, wait)
    with deps.engine.begin() as connection:
        question = question_of(connection, deps.settings.secret, reference, token)
        if not question.open:
            raise Conflict(TOO_LATE)
        payload = {"resolution": str(question.resolution.event), "answer": answer.value}
        record(connection, [satisfaction_given(reference, correlation_id, payload, {"comment": answer.comment})])
    for one in counted:
        deps.limiter.count(*one)
    return Given(answer, question.asked_at)
