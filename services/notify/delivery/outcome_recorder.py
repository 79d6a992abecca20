"""Outcomes on their way to Postgres: committed as soon as it takes them, together if several are there, and never forgotten."""

import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.notify.delivery import circuit_breaker
from services.notify.delivery.lease import Taken
from services.notify.delivery.outcome import Outcome
from services.notify.delivery.record_outcomes import settle
from shared.crash_points import crash_point
from shared.runtime.logs import logger
from shared.storage.database import is_transient

# Under a backlog outcomes gather for so long before they are committed, or for twice as long as the last commit took, on a machine so
# busy that this is longer: a commit costs several times what sending a mail does. It is also the time whose mails come twice when
# the process is killed, so it has an end.
GATHER_SECONDS = 0.05
LONGEST_GATHERING = 0.2
# More unwritten outcomes than this make the sender wait.
MOST_WAITING = 100
# Postgres is asked this often whether it takes an outcome that it has not got yet.
RETRY_SECONDS = 0.2

Settled = tuple[Taken, Outcome]
log = logger(__name__)


class OutcomeWriter:
    """Commits outcomes on a thread and a connection of its own, so that the SMTP conversation need not wait for a disk.

    While one commit is under way the outcomes of the next mails gather and share the next. `gathers`: whether each commit waits a
    moment for more of them, as is worth it under a backlog.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.gathers = False
        self._took = 0.0
        self._hurry = threading.Event()
        self._waiting: queue.Queue[Settled | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name="outcomes", daemon=True)
        self._thread.start()

    def put(self, email: Taken, outcome: Outcome) -> None:
        """Have the outcome committed, however long Postgres is away."""
        self._waiting.put((email, outcome))

    def flush(self) -> None:
        """Wait until everything put so far is committed."""
        self._hurry.set()
        self._waiting.join()
        self._hurry.clear()

    def close(self) -> None:
        """Flush, and end the thread."""
        self.flush()
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while True:
            settled = [self._waiting.get()]
            if self.gathers and settled[0] is not None:
                self._hurry.wait(min(max(GATHER_SECONDS, 2 * self._took), LONGEST_GATHERING))
            while not self._waiting.empty():
                settled.append(self._waiting.get())
            real = [one for one in settled if one is not None]
            if real:
                begun = time.monotonic()
                self._write(real)
                self._took = time.monotonic() - begun
            for _ in settled:
                self._waiting.task_done()
            if len(real) < len(settled):
                return

    def _write(self, settled: Sequence[Settled]) -> None:
        """One transaction; a passing fault is waited out, any other costs the one outcome it lies in its words."""
        kept = False
        while True:
            try:
                self._commit(settled)
                return
            except SQLAlchemyError as error:
                if not is_transient(error):
                    log.error("outcome refused", outcomes=len(settled), exc_info=error)
                elif not kept:
                    log.warning("outcomes kept", outcomes=len(settled), error=type(error).__name__)
                kept = True
                if not is_transient(error) and len(settled) > 1:
                    for one in settled:
                        self._write([one])
                    return
                if not is_transient(error):
                    settled = [(email, replace(outcome, because=None, words="")) for email, outcome in settled]
            time.sleep(RETRY_SECONDS)

    def _commit(self, settled: Sequence[Settled]) -> None:
        with self._engine.begin() as connection:
            settle(connection, settled)
            for _, outcome in settled:
                if outcome.shuts is not None:
                    circuit_breaker.shut(connection, outcome.shuts, outcome.because or "")
                elif outcome.reopens:
                    circuit_breaker.reopen(connection)
            crash_point("notify.outcome_written")
        crash_point("notify.outcome_committed")
