"""Threads that make the webhooks' calls in the worker of the teams: each team has its own, so that a slow receiver delays no other."""

import threading
from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.triage.webhooks.send_calls import send_due
from shared.runtime.logs import logger

# Two, so that a team's receivers do not wait for its slowest.
THREADS_A_TEAM = 2
# Retries fall due without a bell.
LOOK_EVERY = 1.0

log = logger(__name__)


class Senders:
    """Starts a team's threads when its bell rings first, and wakes them when it rings again."""

    def __init__(self, engine: Engine, allow_private: bool) -> None:
        self._engine = engine
        self._allow_private = allow_private
        self._bells: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def ring(self, team: str) -> None:
        """There may be calls to make for this team."""
        with self._lock:
            bell = self._bells.get(team)
            if bell is None:
                bell = self._bells[team] = threading.Event()
                for number in range(THREADS_A_TEAM):
                    # Daemons: a call under way ends with its worker, and is made again when its lease has run out.
                    threading.Thread(
                        target=self._run, args=(team, bell), name=f"webhooks-{team}-{number}", daemon=True
                    ).start()
        bell.set()

    def stop(self) -> None:
        """Let the threads end after their present call."""
        self._stopping.set()
        bell: threading.Event
        for bell in self._bells.values():
            bell.set()

    def teams(self) -> Sequence[str]:
        """Those whose bell has rung."""
        return tuple(self._bells)

    def _run(self, team: str, bell: threading.Event) -> None:
        while not self._stopping.is_set():
            try:
                send_due(self._engine, team, self._allow_private, lambda: not self._stopping.is_set())
            except SQLAlchemyError as error:
                log.warning("webhooks wait for Postgres", team=team, error=type(error).__name__)
            bell.wait(LOOK_EVERY)
            bell.clear()
