"""Receive a submission, whatever page, API or mail brought it: check it, apply the limits, submit it."""

from limits import RateLimitItemPerMinute

from services.intake.deps import Deps
from services.intake.submissions.idempotency import keys_of
from services.intake.submissions.posted import Posted
from services.intake.submissions.spam_check import SentForm, check_spam
from services.intake.submissions.submission import Receipt, Sender, Submission
from services.intake.submissions.submit_ticket import earlier_ticket, submit_ticket
from services.intake.submissions.validate import validate_submission
from shared.errors import TooManyRequests
from shared.limits.limiter import Limits
from shared.mail.addresses import folded_address

FROM_NETWORK = "Too many submissions from your network. Please try again in a while."
FROM_ADDRESS = (
    "Too many submissions from this e-mail address today. Please try again tomorrow, or answer one of our e-mails."
)


def receive_submission(
    deps: Deps, posted: Posted, sender: Sender, language: str = "en", form: SentForm | None = None
) -> Receipt:
    """The receipt of what was posted; errors are in `language`. `form`: our own form that it was sent by.

    Raises what validate_submission and submit_ticket raise, TooManyRequests, and Unprocessable for a suspicious form.
    """
    quick = form is not None and form.is_quick
    if form is not None:
        check_spam(deps, sender.network, quick=quick, honeypot_filled=form.honeypot_filled)
    submission = validate_submission(
        deps.catalog, posted.fields, posted.uploads, language, smtputf8=deps.settings.smtputf8
    )
    receipt = _submit(deps, submission, sender)
    if quick and not receipt.replayed:
        deps.limiter.count(deps.settings.quick_forms, "quick", sender.network)
    return receipt


def _submit(deps: Deps, submission: Submission, sender: Sender) -> Receipt:
    """Only accepted submissions count against the limits; one that had been accepted before is answered in spite of them."""
    reservation = deps.limiter.reserve(
        _limits_of(deps, sender), (deps.settings.notes, ("notes", folded_address(submission.email)))
    )
    if any(reservation.waits) and not earlier_ticket(deps.connections, keys_of(submission, sender)):
        of_sender, of_address = reservation.waits
        raise TooManyRequests(FROM_NETWORK, of_sender) if of_sender else TooManyRequests(FROM_ADDRESS, of_address)
    accepted = False
    try:
        receipt = submit_ticket(deps.connections, deps.store, deps.catalog, submission, sender)
        accepted = not receipt.replayed
    finally:
        (reservation.confirm if accepted else reservation.cancel)()
    return receipt


def _limits_of(deps: Deps, sender: Sender) -> tuple[Limits, tuple[str, str]]:
    """The limits that apply to a sender, and the name they are counted under."""
    if sender.client is not None:
        return (RateLimitItemPerMinute(sender.client.per_minute),), ("form", sender.client.name)
    return deps.settings.submissions, ("submissions", sender.network)
