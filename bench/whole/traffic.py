"""Tickets offered to a whole stack, and where they are: routed, acknowledged, in the mailbox."""

import json
import os
import time
from dataclasses import dataclass

from bench.harness.load import UnexpectedAnswer
from bench.harness.paced import Offered, Paced
from bench.intake import submission
from bench.whole.stack import WholeStack

CONNECTIONS = 16
PATIENCE = 180.0  # seconds until everything is handled
LOOK_EVERY = 0.1
# Cheap, however many tickets there are: the numbers are only counted when no event waits.
_QUIET = "select not exists (select from events.deliveries)"
_NUMBERS = """
    select (select count(*) from intake.submissions), (select count(*) from triage.tickets),
           (select count(*) from notify.emails where state = 'sent'),
           (select count(*) from events.deliveries) + (select count(*) from notify.emails where state not in ('sent', 'suppressed'))
"""


@dataclass(frozen=True)
class Numbers:
    """How many tickets got how far; `under_way`: deliveries and e-mails that wait."""

    accepted: int
    routed: int
    sent: int
    under_way: int
    in_mailbox: int


def numbers(stack: WholeStack) -> Numbers:
    with stack.database() as connection:
        row = connection.execute(_NUMBERS).fetchone()
    assert row is not None
    accepted, routed, sent, under_way = row
    return Numbers(accepted, routed, sent, under_way, in_mailbox(stack))


def in_mailbox(stack: WholeStack) -> int:
    """How many e-mails were delivered."""
    folder = stack.maildir / "new"
    return len(os.listdir(folder)) if folder.exists() else 0


def reference_of(answer: bytes) -> str:
    """The reference in the API's answer."""
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["reference"])


def offer(stack: WholeStack, series: str, rate: float, seconds: float) -> Offered:
    """Offer tickets over the API. Raises UnexpectedAnswer."""
    return Paced(stack.port, submission(series), reference_of, CONNECTIONS).offer(rate, seconds)


def wait_until_handled(stack: WholeStack, patience: float = PATIENCE) -> float:
    """Wait until everything accepted is handled and in the mailbox; returns the seconds.

    Raises UnexpectedAnswer when it does not get there.
    """
    begun = time.monotonic()
    with stack.database() as connection:
        while not (connection.execute(_QUIET).fetchone() == (True,) and _is_handled(numbers(stack))):
            if time.monotonic() - begun > patience:
                raise UnexpectedAnswer(f"not everything is handled: {numbers(stack)}")
            time.sleep(LOOK_EVERY)
    return time.monotonic() - begun


def _is_handled(now: Numbers) -> bool:
    return now.under_way == 0 and now.accepted == now.routed == now.sent <= now.in_mailbox
