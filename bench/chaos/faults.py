"""What can go wrong: each fault is one call that does the harm, and undoes it where it does not end by itself."""

import contextlib
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import psycopg
from redis import Redis, RedisError

from bench.chaos.running_stack import WORKERS, RunningStack

WEB = ("intake", "triage", "notify")
SERVERS = ("postgres", "redis", "s3", "smtp-sink")
OTHERS = ("relay", "beat", "inbound")
EVERYBODY = (*WEB, *WORKERS, *OTHERS, *SERVERS)
SHORTEST_STOP, LONGEST_STOP = 5.0, 30.0  # seconds
LOOK = 0.2  # seconds between two looks for a process that came back


@dataclass(frozen=True)
class Fault:
    """`kind` is what it is counted under in the report, `what` what is shown when it happens."""

    kind: str
    what: str
    strike: Callable[[RunningStack], None]


def kill(name: str) -> Fault:
    """kill -9 of a process: of the leader alone, as the kernel's out-of-memory killer would."""

    def strike(stack: RunningStack) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(stack.pid(name)).kill()

    return Fault(f"kill -9 {_group(name)}", f"kill -9 {name}", strike)


def kill_child(name: str) -> Fault:
    """kill -9 of the processes that a worker's leader has its tasks done by."""

    def strike(stack: RunningStack) -> None:
        for child in stack.family(name)[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    return Fault("kill -9 pool process", f"kill -9 pool of {name}", strike)


def freeze(name: str, seconds: float) -> Fault:
    """SIGSTOP of a process and all below it, SIGCONT after `seconds`."""

    def strike(stack: RunningStack) -> None:
        frozen = stack.family(name)
        try:
            for process in frozen:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGSTOP)
            time.sleep(seconds)
        finally:
            for process in frozen:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGCONT)

    return Fault(f"SIGSTOP {_group(name)}", f"SIGSTOP {name} for {seconds:.0f} s", strike)


def gone(name: str, seconds: float) -> Fault:
    """A process, and each that is started in its place, killed for `seconds`."""

    def strike(stack: RunningStack) -> None:
        until, killed = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            if (pid := stack.pid(name)) != killed:
                killed = pid
                with contextlib.suppress(psutil.NoSuchProcess):
                    psutil.Process(pid).kill()
            time.sleep(LOOK)

    return Fault(f"gone: {_group(name)}", f"{name} gone for {seconds:.0f} s", strike)


def _flush(stack: RunningStack) -> None:
    with contextlib.suppress(RedisError), Redis.from_url(stack.told["redis_url"], socket_timeout=3) as client:
        client.flushall()


def _cut_backends(stack: RunningStack) -> None:
    with contextlib.suppress(psycopg.Error), stack.database() as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where backend_type = 'client backend' and pid <> pg_backend_pid()"
        )


def _cut_redis(stack: RunningStack) -> None:
    with contextlib.suppress(RedisError), Redis.from_url(stack.told["redis_url"], socket_timeout=3) as client:
        client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


FLUSH = Fault("FLUSHALL", "FLUSHALL", _flush)
CUT_BACKENDS = Fault("Postgres backends terminated", "every Postgres backend terminated", _cut_backends)
CUT_REDIS = Fault("Redis connections cut", "every Redis connection cut", _cut_redis)


def all_faults(chance: random.Random) -> list[Fault]:
    """One round: everything once, what is promised a recovery time for three times, in an order of chance."""

    def while_() -> float:
        return chance.triangular(SHORTEST_STOP, LONGEST_STOP, SHORTEST_STOP)

    faults = [kill(name) for name in EVERYBODY]
    faults += [freeze(name, while_()) for name in EVERYBODY]
    faults += [kill_child(name) for name in WORKERS]
    faults += [gone(name, 15.0) for name in ("worker-triage", "worker-notify", "s3", "smtp-sink", "redis")]
    faults += [kill("worker-triage"), kill("worker-notify")] * 2
    faults += [FLUSH] * 3 + [CUT_BACKENDS, CUT_REDIS]
    chance.shuffle(faults)
    return faults


def main_faults() -> list[Fault]:
    """One of each main kind, short: for the suite."""
    return [
        kill("worker-triage"),
        FLUSH,
        freeze("worker-notify", SHORTEST_STOP),
        kill("relay"),
        kill("postgres"),
        kill_child("worker-notify"),
        freeze("s3", SHORTEST_STOP),
        kill("redis"),
        CUT_BACKENDS,
        kill("intake"),
        kill("smtp-sink"),
        gone("worker-triage", 4.0),
    ]


def _group(name: str) -> str:
    if name in WORKERS:
        return "worker"
    return "web process" if name in WEB else name
