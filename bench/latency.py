"""Time from Send to the team's queue, at several loads of the whole system."""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import create_engine, text

from bench.harness.load import Load
from bench.harness.programs import ceiling, ours
from bench.harness.servers import servers
from bench.intake import fields_of, submission
from bench.pages.row import Point, Row
from local.ports import free_ports

PROCESSES = ("relay", "worker-triage", "worker-intake", "worker-teams", "worker-notify", "beat")
SHARES, PROMISED = (0.25, 0.5, 0.75), 0.5
SECONDS, PEAK_SECONDS = 15.0, 6.0
CLIENTS = 32
LOOK_EVERY = 0.005  # seconds: the error of each figure
PATIENCE = 60.0

# Entries may become visible out of order: each look rereads some earlier ones.
_ROUTED = text("select id, ticket from triage.timeline where id > :after and kind = 'routed'")
_LOOK_BACK = 1_000
_BYTES = text("select pg_database_size(current_database()), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")


def rows() -> Iterator[Row]:
    """Yields each figure as soon as it is measured."""
    with servers() as environment, ExitStack() as programs:
        base, sink = free_ports(2)
        # In production the mail server has its own machine: this one only counts.
        programs.enter_context(ceiling("bench.harness.counting_sink", sink, environment))
        smtp = f"smtp://127.0.0.1:{sink}"
        given = {**environment, "VIDARE_BASE_PORT": str(base), "VIDARE_SMTP_URL": smtp}
        for name in ("intake", *PROCESSES):
            programs.enter_context(ours(name, given))
        load = Load(base, submission("peak"), 16)
        load.run(2.0)
        _quiet(given)
        peak, *sizes = _peak(load, given)
        yield Row("whole system: tickets a second accepted, routed and acknowledged", peak, "/s")
        for what, size in zip(("rows and indexes", "write-ahead log"), sizes, strict=True):
            yield Row(
                f"PostgreSQL: {what} a ticket, all of its events included",
                size / 1024,
                "KiB",
                part=f"PostgreSQL: {what}",
            )
        for share in SHARES:
            yield from _at(share, peak, base, given)


def _peak(load: Load, environment: Mapping[str, str]) -> tuple[float, float, float]:
    """The rate of the whole system: submissions sent as fast as it accepts them, over the time until all are handled. Also the bytes that
    each leaves in the database and in its log."""
    begin, before = time.perf_counter(), _bytes(environment)
    accepted = load.run(PEAK_SECONDS).rate * PEAK_SECONDS
    _quiet(environment)
    rate = accepted / (time.perf_counter() - begin)
    stored, logged = ((after - was) / accepted for after, was in zip(_bytes(environment), before, strict=True))
    return rate, stored, logged


def _bytes(environment: Mapping[str, str]) -> tuple[int, int]:
    engine = create_engine(environment["VIDARE_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        stored, logged = connection.execute(_BYTES).one()
    engine.dispose()
    return int(stored), int(logged)


def _at(share: float, peak: float, port: int, environment: Mapping[str, str]) -> Iterator[Row]:
    load = share * peak
    times = measure(port, environment, load, f"at-{share:g}")
    cuts = statistics.quantiles((seconds * 1000 for seconds in times), n=100)
    for name, value, promise in (("p50", cuts[49], 100), ("p99", cuts[98], 500)):
        what = f"submit to queue, {name}, at {share * 100:g} % of the peak ({load:,.0f}/s)"
        promised = promise if share == PROMISED else None
        yield Row(what, value, "ms", promised, "less", f"{len(times)} tickets", (Point("latency", name, load, value),))


@dataclass
class _Sent:
    """By reference: when each submission was due to be sent, and when it was first seen in a queue."""

    due: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)


def measure(port: int, environment: Mapping[str, str], rate: float, series: str) -> list[float]:
    """Send `rate` submissions a second on a fixed schedule; the seconds from when each was due to be sent until it was in a queue.

    One that had to wait for a free connection counts from its schedule, so that a slow server cannot hide its delay.
    Raises TimeoutError for tickets that never came.
    """
    sent = _Sent()
    observer = threading.Thread(target=_observe, args=(environment, sent))
    observer.start()
    numbers, begin = count(), time.perf_counter() + 0.5
    clients = [
        threading.Thread(target=_client, args=(port, sent, numbers, begin, rate, series)) for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    sent.over.set()
    observer.join()
    missing = sent.due.keys() - sent.seen.keys()
    if missing:
        raise TimeoutError(f"{len(missing)} tickets are in no queue after {PATIENCE:g} s")
    return [sent.seen[reference] - due for reference, due in sent.due.items()]


def _client(port: int, sent: _Sent, numbers: Iterator[int], begin: float, rate: float, series: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for number in numbers:
        due = begin + number / rate
        if due > begin + SECONDS:
            return
        time.sleep(max(0.0, due - time.perf_counter()))
        body = json.dumps(fields_of(series, number))
        connection.request("POST", "/v1/tickets", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        sent.due[json.loads(answer.read())["reference"]] = due


def _observe(environment: Mapping[str, str], sent: _Sent) -> None:
    url = environment["VIDARE_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        newest = connection.execute(text("select coalesce(max(id), 0) from triage.timeline")).scalar_one()
        until = None
        while until is None or (time.perf_counter() < until and sent.due.keys() - sent.seen.keys()):
            if until is None and sent.over.is_set():
                until = time.perf_counter() + PATIENCE
            for line in connection.execute(_ROUTED, {"after": newest - _LOOK_BACK}):
                newest = max(newest, line.id)
                sent.seen.setdefault(line.ticket, time.perf_counter())
            time.sleep(LOOK_EVERY)
    engine.dispose()


def _quiet(environment: Mapping[str, str]) -> None:
    """Wait until all events are handled."""
    engine = create_engine(environment["VIDARE_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
    deadline = time.monotonic() + PATIENCE
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.execute(text("select exists (select from events.deliveries)")).scalar_one():
            if time.monotonic() > deadline:
                raise TimeoutError("the tickets are not handled")
            time.sleep(0.1)
    engine.dispose()
