"""The event mechanism: late and parked deliveries."""

from collections.abc import Iterator

from shared.doctor.engine import doctor_engine
from shared.doctor.finding import Finding, Question, critical, ok, warning
from shared.events.backlog import Backlog, backlog
from shared.settings import PlatformSettings

# Normally a delivery is handled within a second; a worker's death costs about five.
LATE, STUCK = 10.0, 120.0


def questions(settings: PlatformSettings) -> Iterator[Question]:
    """About the deliveries of every subscriber."""
    yield Question("deliveries", lambda: judge_waiting(_states(settings)), needs=("PostgreSQL",))
    yield Question("parked events", lambda: judge_parked(_states(settings)), needs=("PostgreSQL",))


def _states(settings: PlatformSettings) -> list[Backlog]:
    with doctor_engine(settings).connect() as connection:
        return backlog(connection)


def judge_waiting(states: list[Backlog]) -> Finding:
    """How long the oldest delivery has waited, of which subscriber, and whether the relay or a worker is late."""
    if not any(state.waiting for state in states):
        return ok("nothing waits")
    oldest = max(states, key=lambda state: max(state.oldest_seconds, state.oldest_due_seconds))
    number, late = sum(state.waiting for state in states), max(oldest.oldest_seconds, oldest.oldest_due_seconds)
    due = oldest.oldest_due_seconds > LATE
    how = "due, and not sent" if due else "sent, and not handled"
    says = f"{number} wait; the oldest, {oldest.subscriber}'s, for {late:.0f} s"
    if late <= LATE:
        return ok(says)
    says = f"{says}: {how}"
    advice = "does the relay run?" if due else f"does the worker run that serves the queue {oldest.subscriber}?"
    advice += " vidare events backlog shows each queue"
    # Later deliveries of a ticket wait behind one that backs off: that is normal.
    return critical(says, advice) if late > STUCK and not oldest.backing_off else warning(says, advice)


def judge_parked(states: list[Backlog]) -> Finding:
    """Parked deliveries."""
    parked = {state.subscriber: state.parked for state in states if state.parked}
    if not parked:
        return ok("none")
    words = ", ".join(f"{number} of {name}" for name, number in sorted(parked.items()))
    return warning(words, "vidare events parked shows why; fix it, then vidare events replay --all")
