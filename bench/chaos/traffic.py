"""Many clients at once, at a steady rate."""

import threading
import time
from collections.abc import Iterator

from bench.chaos.client import Promise, Rejection, send
from bench.chaos.submissions import Submission

# While intake is frozen every client waits. This many keep up the rate afterwards.
CLIENTS = 24


class Traffic:
    """Sends `count` submissions to a stack's intake, `per_second` a second, until all are answered or given up."""

    def __init__(self, intake_url: str, series: Iterator[Submission], count: int, per_second: float) -> None:
        self.promises: list[Promise] = []
        self.rejections: list[Rejection] = []
        self._url, self._series, self._left, self._pace = intake_url, series, count, 1 / per_second
        self._next_at = time.monotonic()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(CLIENTS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def done(self) -> bool:
        """Whether every submission has been answered or given up."""
        return not any(thread.is_alive() for thread in self._threads)

    def no_more(self) -> None:
        """Begin no new submission; those under way are completed."""
        with self._lock:
            self._left = 0

    def finish(self, within: float) -> None:
        """Wait for the submissions under way; after `within` seconds they are given up."""
        deadline = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._ended.set()
        for thread in self._threads:
            thread.join(30)

    def _work(self) -> None:
        while (submission := self._next()) is not None:
            outcome = send(submission, self._url, lambda: not self._ended.is_set())
            with self._lock:
                if isinstance(outcome, Promise):
                    self.promises.append(outcome)
                else:
                    self.rejections.append(outcome)

    def _next(self) -> Submission | None:
        with self._lock:
            if self._left <= 0:
                return None
            self._left -= 1
            wait = self._next_at - time.monotonic()
            # Do not catch up after a stall of more than two seconds: the rate goes on from now.
            self._next_at = max(self._next_at, time.monotonic() - 2) + self._pace
            submission = next(self._series)
        if wait > 0:
            time.sleep(wait)
        return submission
