"""Whether a form was sent by a program. A suspicious form must be sent once more, which costs a person one click."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.intake.deps import Deps
from shared.errors import Unprocessable
from shared.i18n.marker import gettext_noop

# Too short to type an address and a message; a browser's autofill comes close, so a few are accepted.
FASTEST = timedelta(seconds=3)

ONCE_MORE = gettext_noop(
    "Please press Send once more. Nothing was sent yet: we ask because the form was filled in the way a program does it."
)


@dataclass(frozen=True)
class SentForm:
    """A form of ours as it was sent. `made_at`: when it was shown, or None without a valid token. `honeypot_filled`: the field that
    people do not see was filled in."""

    made_at: datetime | None
    honeypot_filled: bool

    @property
    def is_quick(self) -> bool:
        """Whether it was filled in faster than a person can."""
        return self.made_at is None or datetime.now(UTC) - self.made_at < FASTEST


def check_spam(deps: Deps, network: str, *, quick: bool, honeypot_filled: bool) -> None:
    """Raises Unprocessable when the honeypot was filled in, or when this network sent more quick forms than the limit allows."""
    if honeypot_filled or (quick and deps.limiter.seconds_to_wait(deps.settings.quick_forms, "quick", network)):
        raise Unprocessable({"": [ONCE_MORE]}, ONCE_MORE)
