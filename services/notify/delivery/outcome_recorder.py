"""Record outcomes on a thread: committed as soon as PostgreSQL accepts them, several together, and never dropped."""

import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.notify.delivery import circuit_breaker
from services.notify.delivery.lease import LeasedEmail
from services.notify.delivery.outcome import Outcome
from services.notify.delivery.record_outcomes import record_outcomes
from shared.crash_points import crash_point
from shared.runtime.logs import logger
from shared.storage.database import is_transient

# Under a backlog outcomes gather before a commit, which costs several times as much as sending an e-mail: for so long, or for twice as
# long as the last commit took where that is longer, on a busy machine. The e-mails of this time are sent twice when the process is
# killed, so it is bounded.
GATHER_SECONDS = 0.05
LONGEST_GATHERING = 0.2
# With more unwritten outcomes than this the sender waits.
MOST_WAITING = 100
# The pause between tries while PostgreSQL does not accept an outcome.
RETRY_SECONDS = 0.2

Attempted = tuple[LeasedEmail, Outcome]
log = logger(__name__)


class OutcomeRecorder:
    """Commits outcomes on a thread and a connection of its own, so that the SMTP conversation does not wait for a disk.

    While one commit is under way, the outcomes of the next e-mails gather for the next. `gathers`: whether each commit waits for more
    of them, as is worth it under a backlog.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.gathers = False
        self._last_commit = 0.0
        self._hurry = threading.Event()
        self._waiting: queue.Queue[Attempted | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name="outcomes", daemon=True)
        self._thread.start()

    def put(self, email: LeasedEmail, outcome: Outcome) -> None:
        """Have the outcome committed, however long PostgreSQL is away."""
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
            gathered = [self._waiting.get()]
            if self.gathers and gathered[0] is not None:
                self._hurry.wait(min(max(GATHER_SECONDS, 2 * self._last_commit), LONGEST_GATHERING))
            while not self._waiting.empty():
                gathered.append(self._waiting.get())
            outcomes = [one for one in gathered if one is not None]
            if outcomes:
                begun = time.monotonic()
                self._write(outcomes)
                self._last_commit = time.monotonic() - begun
            for _ in gathered:
                self._waiting.task_done()
            if len(outcomes) < len(gathered):
                return

    def _write(self, outcomes: Sequence[Attempted]) -> None:
        """Commit them in one transaction. A transient error is waited out; another one costs the outcome that causes it its words."""
        kept = False
        while True:
            try:
                self._commit(outcomes)
                return
            except SQLAlchemyError as error:
                if not is_transient(error):
                    log.error("outcome rejected", outcomes=len(outcomes), exc_info=error)
                elif not kept:
                    log.warning("outcomes kept", outcomes=len(outcomes), error=type(error).__name__)
                kept = True
                if not is_transient(error) and len(outcomes) > 1:
                    for one in outcomes:
                        self._write([one])
                    return
                if not is_transient(error):
                    outcomes = [(email, replace(outcome, because=None, words="")) for email, outcome in outcomes]
            time.sleep(RETRY_SECONDS)

    def _commit(self, outcomes: Sequence[Attempted]) -> None:
        with self._engine.begin() as connection:
            record_outcomes(connection, outcomes)
            for _, outcome in outcomes:
                if outcome.opens_breaker is not None:
                    circuit_breaker.open_breaker(connection, outcome.opens_breaker, outcome.because or "")
                elif outcome.closes_breaker:
                    circuit_breaker.close_breaker(connection)
            crash_point("notify.outcome_written")
        crash_point("notify.outcome_committed")
