"""Where everything sent later arrives: read, held against the ticket's limit, added."""

from collections.abc import Mapping, Sequence

from services.intake.submissions.receive import Reception
from services.intake.submissions.submission import Upload
from services.intake.submissions.validate import NOT_AN_OBJECT, UNKNOWN, Faults, read_file, read_message
from services.intake.tickets.add_follow_up import Added, Addition, add_follow_up
from services.intake.tickets.view_ticket import follow_ticket
from shared.errors import TooManyRequests

FIELDS = ("message", "details")
NOTHING = "Send a message, a file or details."
TOO_MANY = "Very much has come for this ticket in the last hour. Please try again later."


def receive_follow_up(
    reception: Reception,
    reference: str,
    key: str,
    given: Mapping[str, object],
    uploads: Sequence[Upload],
    correlation_id: str,
    language: str = "en",
) -> Added:
    """What is still missing once the follow-up in `given` was taken; faults are told in `language`.

    Raises NotFound first of all, then what add_follow_up raises, and TooManyRequests.
    """
    settings = reception.settings
    follow_ticket(reception.engine, settings.secret, reference, key)
    addition = read_addition(given, uploads)
    if wait := reception.limiter.seconds_to_wait(settings.follow_ups, "follow-ups", reference):
        raise TooManyRequests(TOO_MANY, wait)
    added = add_follow_up(
        reception.engine,
        reception.store,
        reception.catalog,
        settings.secret,
        reference,
        key,
        addition,
        correlation_id,
        language,
    )
    if not added.replayed:
        reception.limiter.count(settings.follow_ups, "follow-ups", reference)
    return added


def read_addition(given: Mapping[str, object], uploads: Sequence[Upload]) -> Addition:
    """The follow-up in `given`. Raises Unprocessable with every fault, or the file's own refusal."""
    faults: Faults = {name: [UNKNOWN] for name in given if name not in FIELDS}
    message = read_message(given.get("message"), faults)
    details = given.get("details")
    if details is not None and not isinstance(details, dict):
        faults["details"] = [NOT_AN_OBJECT]
        details = None
    if not (message or details or any(upload.name or upload.body for upload in uploads)) and not faults:
        faults["message"] = [NOTHING]
    file = read_file(uploads, faults)
    return Addition(message or None, details or {}, file)
