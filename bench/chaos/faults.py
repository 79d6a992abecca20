"""The faults. Each is one call that injects it, and ends it if it does not end by itself."""

import contextlib
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import psutil
import psycopg
from redis import Redis, RedisError

from bench.chaos.proxies import mail_proxy, store_proxy
from bench.chaos.running_stack import WORKERS, RunningStack

WEB = ("intake", "triage", "notify")
SERVERS = ("postgres", "redis", "s3", "smtp-sink")
OTHERS = ("relay", "beat", "inbound")
EVERYBODY = (*WEB, *WORKERS, *OTHERS, *SERVERS)
SHORTEST_STOP, LONGEST_STOP = 5.0, 30.0  # seconds
SHORT = 8.0  # seconds that a server is down or answers wrongly
LOOK = 0.2  # seconds between two checks for a restarted process


MOODS = (
    *(("s3", mood) for mood in store_proxy.StoreProxy.moods),
    *(("smtp-sink", mood) for mood in mail_proxy.MailProxy.moods),
)


@dataclass(frozen=True)
class Fault:
    """`kind`: its name in the report. `what`: its name in the log. `whom`: the processes concerned; a stack without them skips it."""

    kind: str
    what: str
    whom: tuple[str, ...]
    strike: Callable[[RunningStack], None]


def kill(name: str) -> Fault:
    """kill -9 of a process, the leader alone, as by the kernel's out-of-memory killer."""

    def strike(stack: RunningStack) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(stack.pid(name)).kill()

    return Fault(f"kill -9 {_group(name)}", f"kill -9 {name}", (name,), strike)


def kill_child(name: str) -> Fault:
    """kill -9 of a worker's child processes."""

    def strike(stack: RunningStack) -> None:
        for child in stack.family(name)[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    return Fault("kill -9 pool process", f"kill -9 pool of {name}", (name,), strike)


def freeze(name: str, seconds: float) -> Fault:
    """SIGSTOP of a process and its descendants, SIGCONT after `seconds`."""

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

    return Fault(f"SIGSTOP {_group(name)}", f"SIGSTOP {name} for {seconds:.0f} s", (name,), strike)


def gone(names: tuple[str, ...], seconds: float) -> Fault:
    """Kill the processes, and each restarted one, for `seconds`."""

    def strike(stack: RunningStack) -> None:
        until, killed = time.monotonic() + seconds, dict.fromkeys(names, 0)
        while time.monotonic() < until:
            for name in names:
                if stack.has(name) and (pid := stack.pid(name)) != killed[name]:
                    killed[name] = pid
                    with contextlib.suppress(psutil.NoSuchProcess):
                        psutil.Process(pid).kill()
            time.sleep(LOOK)

    who = "all workers" if names == WORKERS else ", ".join(names)
    kind = who if len(names) > 1 else _group(names[0])
    return Fault(f"gone: {kind}", f"{who} gone for {seconds:.0f} s", names, strike)


def restart(name: str) -> Fault:
    """Stop it as an operator would; its supervisor starts it again."""

    def strike(stack: RunningStack) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(stack.pid(name)).send_signal(signal.SIGINT)  # PostgreSQL's "fast"; Redis ends by it too

    return Fault(f"restart {name}", f"restart {name}", (name,), strike)


def misbehave(name: str, mood: str, seconds: float) -> Fault:
    """A server that answers wrongly for `seconds`, by its proxy."""

    def strike(stack: RunningStack) -> None:
        with stack.proxies[name].behaving(mood):
            time.sleep(seconds)

    return Fault(f"{name} {mood}", f"{name} {mood}, for {seconds:.0f} s", (name,), strike)


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


FLUSH = Fault("FLUSHALL", "FLUSHALL", ("redis",), _flush)
CUT_BACKENDS = Fault("Postgres backends terminated", "every Postgres backend terminated", ("postgres",), _cut_backends)
CUT_REDIS = Fault("Redis connections cut", "every Redis connection cut", ("redis",), _cut_redis)


def all_faults(chance: random.Random) -> list[Fault]:
    """One round, some nine minutes with the pauses: each fault once, those with a promised recovery time three times, in random order."""

    def duration() -> float:
        return SHORTEST_STOP + (LONGEST_STOP - SHORTEST_STOP) * chance.betavariate(1, 4)  # ten on average

    faults = [kill(name) for name in EVERYBODY]
    faults += [freeze(name, duration()) for name in EVERYBODY]
    faults += [kill_child(name) for name in WORKERS]
    faults += [gone((name,), SHORT) for name in ("worker-triage", "worker-notify", "s3", "smtp-sink", "redis")]
    faults += [gone(WORKERS, 60.0), restart("postgres"), restart("redis")]
    faults += [misbehave(name, mood, SHORT) for name, mood in MOODS]
    faults += [kill("worker-triage"), kill("worker-notify")] * 2
    faults += [FLUSH] * 3 + [CUT_BACKENDS, CUT_REDIS]
    chance.shuffle(faults)
    return faults


def main_faults() -> list[Fault]:
    """One of each main kind, short: for the test suite."""
    briefly = partial(misbehave, seconds=2.0)
    return [
        kill("worker-triage"),
        FLUSH,
        briefly("smtp-sink", mail_proxy.UNANSWERED),
        kill("relay"),
        restart("postgres"),
        kill_child("worker-notify"),
        briefly("s3", store_proxy.ERRORS),
        kill("redis"),
        freeze("worker-notify", SHORTEST_STOP),
        briefly("smtp-sink", mail_proxy.NOT_ACCEPTED),
        CUT_BACKENDS,
        kill("intake"),
        briefly("smtp-sink", mail_proxy.NO_SERVICE),
        gone(("worker-triage",), 3.0),
        kill("postgres"),
    ]


def _group(name: str) -> str:
    if name in WORKERS:
        return "worker"
    return "web process" if name in WEB else name
