"""Celery's queues in Redis: whether workers consume them."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from redis import Redis

from shared.doctor.finding import Finding, Question, ok, warning
from shared.runtime.processes import PROCESSES, Worker, all_queues, queues_of
from shared.settings import PlatformSettings

PATIENCE = 5  # seconds for Redis's answers
# Longer than the longest task, a run on the slow queue, which takes 2 s.
CHECK_AGAIN = 3.0


def questions(settings: PlatformSettings) -> Iterator[Question]:
    """One question about all of them."""
    yield Question("queues", lambda: _queues(settings), needs=("Redis",))


def _queues(settings: PlatformSettings) -> Finding:
    names = all_queues(settings.teams)
    with Redis.from_url(settings.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) as client:
        before = _oldest(client, names)
        if any(before.values()):
            time.sleep(CHECK_AGAIN)
        after = _oldest(client, names) if any(before.values()) else before
        lengths = {name: cast(int, client.llen(name)) for name in names}
    stuck = [name for name in names if before[name] is not None and before[name] == after[name]]
    return judge_queues(lengths, stuck, settings.teams)


def _oldest(client: Redis, names: Sequence[str]) -> Mapping[str, bytes | None]:
    """The next message of each queue: they are pushed on the left and popped on the right."""
    return {name: cast(bytes | None, client.lindex(name, -1)) for name in names}


def judge_queues(lengths: Mapping[str, int], stuck: Sequence[str], teams: Sequence[str]) -> Finding:
    """`stuck`: the queues whose next message did not change."""
    waiting = {name: length for name, length in lengths.items() if length}
    if not waiting:
        return ok(f"all {len(lengths)} are empty")
    says = ", ".join(f"{length} in {name}" for name, length in waiting.items())
    if not stuck:
        return ok(f"{says}, and they are consumed")
    servers = [each.name for each in PROCESSES if isinstance(each, Worker) and set(stuck) & set(queues_of(each, teams))]
    return warning(
        f"{says}; no worker consumed {', '.join(stuck)} for {CHECK_AGAIN:.0f} s", f"does {' and '.join(servers)} run?"
    )
