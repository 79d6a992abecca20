"""Whether a form was sent by a program. In doubt it is asked to be sent once more: a person does, and loses nothing."""

from datetime import UTC, datetime, timedelta

from services.intake.submissions.receive import Reception
from shared.errors import Unprocessable

# Nobody types an address and a message in less; a browser that fills in for them comes close, so a few are let through.
FASTEST = timedelta(seconds=3)

ONCE_MORE = (
    "Please press Send once more. Nothing was sent yet: we ask because the form was filled in as a program would."
)


def doubt_form(reception: Reception, network: str, quick: bool, trapped: bool) -> None:
    """Raises Unprocessable when the field that people do not see was filled in (`trapped`), or when this network had its share of
    forms filled in faster than by hand (`quick`)."""
    if trapped or (quick and reception.limiter.seconds_to_wait(reception.settings.quick_forms, "quick", network)):
        raise Unprocessable({"": [ONCE_MORE]}, ONCE_MORE)


def is_quick(made_at: datetime | None) -> bool:
    """Whether a form made then (None: it has no token of ours) and sent now was filled in faster than by hand."""
    return made_at is None or datetime.now(UTC) - made_at < FASTEST
