"""When tickets appear in a team's queue: triage's timeline, looked at again and again."""

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

LOOK_EVERY = 0.005  # seconds: the error of each figure
PATIENCE = 60.0

# Entries may become visible out of order: each look rereads some earlier ones.
_ROUTED = "select id, ticket from triage.timeline where id > %s and kind = 'routed'"
_LOOK_BACK = 1_000


@dataclass
class Seen:
    """`at`: when each ticket was first seen in a queue, by reference (perf_counter, seconds)."""

    at: dict[str, float] = field(default_factory=dict)

    def wait_for(self, references: Collection[str]) -> None:
        """Wait until all of them were seen. Raises TimeoutError for tickets that never came."""
        until = time.perf_counter() + PATIENCE
        while missing := set(references) - self.at.keys():
            if time.perf_counter() > until:
                raise TimeoutError(f"{len(missing)} tickets are in no queue after {PATIENCE:g} s")
            time.sleep(10 * LOOK_EVERY)


@contextmanager
def seen_in_queue(database_url: str, look_back: int = _LOOK_BACK) -> Iterator[Seen]:
    """Looks in a thread of its own until the block ends. `look_back`: how many ids may become visible late."""
    seen, over = Seen(), threading.Event()
    observer = threading.Thread(target=_observe, args=(database_url, look_back, seen, over))
    observer.start()
    try:
        yield seen
    finally:
        over.set()
        observer.join()


def _observe(database_url: str, look_back: int, seen: Seen, over: threading.Event) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        found = connection.execute("select coalesce(max(id), 0) from triage.timeline").fetchone()
        newest = int(found[0]) if found else 0
        while not over.is_set():
            for number, ticket in connection.execute(_ROUTED, (newest - look_back,)):
                newest = max(newest, number)
                seen.at.setdefault(ticket, time.perf_counter())
            time.sleep(LOOK_EVERY)
