"""The event mechanism: does anything wait that should not, is anything parked?"""

from collections.abc import Iterator

from shared.db import make_engine
from shared.doctor.finding import Finding, Question, ill, watch, well
from shared.events.backlog import Backlog, backlog
from shared.settings import PlatformSettings

# With everything at work a delivery is handled within a second; a worker's death costs about five.
LATE, STUCK = 10.0, 120.0


def questions(settings: PlatformSettings) -> Iterator[Question]:
    """About the deliveries of every subscriber."""
    yield Question("deliveries", lambda: judge_waiting(_states(settings)))
    yield Question("parked events", lambda: judge_parked(_states(settings)))


def _states(settings: PlatformSettings) -> list[Backlog]:
    with make_engine(settings, application="vidare-doctor", pool_size=1).connect() as connection:
        return backlog(connection)


def judge_waiting(states: list[Backlog]) -> Finding:
    """How late the oldest due delivery is, and whose it is."""
    if not any(state.waiting for state in states):
        return well("nothing waits")
    oldest = max(states, key=lambda state: state.oldest_due_seconds)
    number, late = sum(state.waiting for state in states), f"{oldest.oldest_due_seconds:.0f} s"
    says = f"{number} wait; the oldest due one, {oldest.subscriber}'s, for {late}"
    advice = f"does the relay run, and who serves the queue {oldest.subscriber}? vidare events backlog shows each queue"
    if oldest.oldest_due_seconds > STUCK:
        return ill(says, advice)
    return watch(says, advice) if oldest.oldest_due_seconds > LATE else well(says)


def judge_parked(states: list[Backlog]) -> Finding:
    """What waits for a person."""
    parked = {state.subscriber: state.parked for state in states if state.parked}
    if not parked:
        return well("none")
    words = ", ".join(f"{number} of {name}" for name, number in sorted(parked.items()))
    return watch(words, "vidare events parked shows why; mend it, then vidare events replay --all")
