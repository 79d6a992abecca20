"""The highest rate at which everything keeps up: accepted, routed, acknowledged and in the mailbox, with no growing backlog."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import psutil

from bench.harness.paced import Paced
from bench.intake import submission
from bench.pages.row import Row
from bench.whole.stack import WholeStack
from bench.whole.traffic import CONNECTIONS, in_mailbox, reference_of, wait_until_handled

RATES, REQUIRED = (50, 100, 200, 300, 400, 500), 400
LONGEST_BACKLOG = 2.0  # seconds of the rate, at the end
HOPELESS = 8.0  # the same, from which on an offer is given up
LOOK_EVERY = 5.0  # seconds
DRAINED_WITHIN = 600.0


@dataclass(frozen=True)
class Offer:
    """`backlogs`: how many accepted tickets were not in the mailbox, look after look; `late`: how much longer than planned the offer
    took, in seconds; `idle`: the share of both cores that was left."""

    rate: int
    backlogs: tuple[int, ...]
    late: float
    idle: float

    @property
    def backlog_seconds(self) -> float:
        """The backlog at the end, in seconds of the rate; what was offered late counts too."""
        return self.backlogs[-1] / self.rate + self.late

    @property
    def holds(self) -> bool:
        return self.backlog_seconds <= LONGEST_BACKLOG

    def __str__(self) -> str:
        looks = ", ".join(str(backlog) for backlog in self.backlogs)
        return f"{100 * self.idle:.0f} % of the cores idle; backlog every {LOOK_EVERY:g} s: {looks}"


def sustained(stack: WholeStack, seconds: float) -> Iterator[Row]:
    """A row for each rate that was offered, and one for the highest that held."""
    offers = []
    for offer in search(RATES, REQUIRED, lambda rate: _offered(stack, rate, seconds)):
        offers.append(offer)
        what = f"whole, {offer.rate} a second offered: backlog at the end"
        yield Row(what, offer.backlog_seconds, "s", against=str(offer))
    best = max((offer for offer in offers if offer.holds), key=lambda offer: offer.rate, default=None)
    what = f"whole: tickets a second from Send to the mailbox, sustained for {seconds:g} s"
    against = f"{100 * best.idle:.0f} % of the cores idle" if best else f"not even {RATES[0]}"
    yield Row(what, best.rate if best else 0, "/s", REQUIRED, "more", against)


def search(rates: Sequence[int], first: int, offered: Callable[[int], Offer]) -> Iterator[Offer]:
    """Offer the rate `first`, then higher ones until one does not hold; where it did not hold itself, lower ones until one does."""
    offer = offered(first)
    yield offer
    rest = [rate for rate in rates if rate > first] if offer.holds else [rate for rate in rates if rate < first][::-1]
    begun = offer.holds
    for rate in rest:
        offer = offered(rate)
        yield offer
        if offer.holds != begun:
            return


def _offered(stack: WholeStack, rate: int, seconds: float) -> Offer:
    paced = Paced(stack.port, submission(f"sustained-{rate}"), reference_of, CONNECTIONS)
    before, times, accepted = in_mailbox(stack), psutil.cpu_times(), 0
    backlogs: list[int] = []
    begun = time.monotonic()
    for part in range(1, round(seconds / LOOK_EVERY) + 1):
        accepted += paced.offer(rate, LOOK_EVERY).answered
        late = time.monotonic() - begun - part * LOOK_EVERY
        backlogs.append(accepted - (in_mailbox(stack) - before))
        if backlogs[-1] / rate + late > HOPELESS:
            break
    idle = _idle_share(times, psutil.cpu_times())
    wait_until_handled(stack, DRAINED_WITHIN)
    return Offer(rate, tuple(backlogs), max(0.0, late), idle)


def _idle_share(before: "psutil._pslinux.scputimes", after: "psutil._pslinux.scputimes") -> float:
    passed = [now - was for was, now in zip(before, after, strict=True)]
    # Guests' time is part of the user's.
    return float((after.idle - before.idle + after.iowait - before.iowait) / (sum(passed[:8]) or 1))
