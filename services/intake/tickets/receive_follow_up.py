"""Receive what a requester sends after the submission: check it, apply the ticket's limit, add it."""

from dataclasses import replace

from services.intake.deps import Deps
from services.intake.submissions.posted import Posted
from services.intake.submissions.validate import read_file
from services.intake.tickets.add_follow_up import Added, Addition, add_follow_up
from services.intake.tickets.view_ticket import view_ticket
from shared.errors import TooManyRequests
from shared.submission_fields import FIELD
from shared.submission_values import NOT_AN_OBJECT, UNKNOWN, read_field
from shared.validation import FieldErrors

FIELDS = ("message", "details")
NOTHING = "Send a message, a file or details."
TOO_MANY = "Too much was sent to this ticket in the last hour. Please try again later."


def receive_follow_up(
    deps: Deps,
    reference: str,
    key: str,
    posted: Posted,
    correlation_id: str,
    language: str = "en",
    source: str = "form",
) -> Added:
    """What is still missing once the follow-up was added; errors are in `language`. `source`: form or api.

    Raises NotFound before anything else, then what add_follow_up raises, and TooManyRequests.
    """
    view_ticket(deps, reference, key)
    addition = replace(validate_addition(posted), source=source)
    limits = deps.settings.follow_ups
    if wait := deps.limiter.seconds_to_wait(limits, "follow-ups", reference):
        raise TooManyRequests(TOO_MANY, wait)
    added = add_follow_up(deps, reference, key, addition, correlation_id, language)
    if not added.replayed:
        deps.limiter.count(limits, "follow-ups", reference)
    return added


def validate_addition(posted: Posted) -> Addition:
    """The follow-up that was posted. Raises Unprocessable with every error in it, or the file's own error."""
    given, uploads = posted.fields, posted.uploads
    errors: FieldErrors = {name: [UNKNOWN] for name in given if name not in FIELDS}
    message = read_field(FIELD["message"], given.get("message"), errors)
    details = given.get("details")
    if details is not None and not isinstance(details, dict):
        errors["details"] = [NOT_AN_OBJECT]
        details = None
    if not (message or details or any(upload.name or upload.body for upload in uploads)) and not errors:
        errors["message"] = [NOTHING]
    file = read_file(uploads, errors)
    return Addition(message, details or {}, file)
