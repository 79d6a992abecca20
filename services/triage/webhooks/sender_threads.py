"""The threads that send a team's calls. Each team has its own, so that a slow receiver delays no other team."""

import threading
from collections.abc import Sequence

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from services.triage.webhooks.send_due_calls import send_due_calls
from shared.runtime.logs import logger
from shared.storage.database import autocommit

# Two, so that one slow receiver does not delay the team's others.
THREADS_A_TEAM = 2
# Retries become due without a wake-up.
POLL_SECONDS = 1.0

_DUE_TEAMS = text("""
    select distinct team from triage.webhook_calls where state = 'queued' and due_at <= statement_timestamp()
""")

log = logger(__name__)


class SenderThreads:
    """A thread that looks for due calls, and those of each team that has had some.

    A team's threads start when it is woken first; later wake-ups make them look for due calls at once.
    """

    def __init__(self, engine: Engine, allow_private: bool) -> None:
        self._engine = engine
        self._allow_private = allow_private
        self._wake_ups: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def start(self) -> None:
        """Look for due calls of every team from now on. Call it after a fork: threads do not survive one."""
        threading.Thread(target=self._poll, name="webhooks", daemon=True).start()

    def wake(self, team: str) -> None:
        """Look for due calls of the team."""
        with self._lock:
            wake_up = self._wake_ups.get(team)
            if wake_up is None:
                wake_up = self._wake_ups[team] = threading.Event()
                for number in range(THREADS_A_TEAM):
                    # Daemons: a call in progress ends with the process and is made again when its lease has expired.
                    threading.Thread(
                        target=self._run, args=(team, wake_up), name=f"webhooks-{team}-{number}", daemon=True
                    ).start()
        wake_up.set()

    def stop(self) -> None:
        """Let the threads end after their current call."""
        self._stopping.set()
        wake_up: threading.Event
        for wake_up in self._wake_ups.values():
            wake_up.set()

    def teams(self) -> Sequence[str]:
        """The teams that have threads."""
        return tuple(self._wake_ups)

    def _run(self, team: str, wake_up: threading.Event) -> None:
        while not self._stopping.is_set():
            try:
                send_due_calls(self._engine, team, self._allow_private, lambda: not self._stopping.is_set())
            except SQLAlchemyError as error:
                log.warning("webhook calls wait for PostgreSQL", team=team, error=type(error).__name__)
            wake_up.wait()
            wake_up.clear()
        # The team's other thread was in a call when this one cleared the last wake-up.
        wake_up.set()

    def _poll(self) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            try:
                with autocommit(self._engine) as connection:
                    teams = connection.execute(_DUE_TEAMS).scalars().all()
            except SQLAlchemyError as error:
                log.warning("webhook calls wait for PostgreSQL", error=type(error).__name__)
                continue
            for team in teams:
                self.wake(team)
