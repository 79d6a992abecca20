"""Time from Send to the team's queue, at several loads of the whole system."""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import count

from sqlalchemy import create_engine, text

from bench.harness.in_queue import seen_in_queue
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
STORED_WHY = "An e-mail's text and HTML are a fifth of it, the log's events another, indexes the most of the rest."
STORED = {"rows and indexes": 10.0, "write-ahead log": 14.0}  # KiB a ticket
PATIENCE = 60.0

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
        for (what, promise), size in zip(STORED.items(), sizes, strict=True):
            yield Row(
                f"PostgreSQL: {what} a ticket, all of its events included",
                size / 1024,
                "KiB",
                promise,
                "less",
                part=f"PostgreSQL: {what}",
                why=STORED_WHY,
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


def measure(port: int, environment: Mapping[str, str], rate: float, series: str) -> list[float]:
    """Send `rate` submissions a second on a fixed schedule; the seconds from when each was due to be sent until it was in a queue.

    One that had to wait for a free connection counts from its schedule, so that a slow server cannot hide its delay.
    Raises TimeoutError for tickets that never came.
    """
    due: dict[str, float] = {}
    with seen_in_queue(environment["VIDARE_DATABASE_URL"]) as seen:
        numbers, begin = count(), time.perf_counter() + 0.5
        clients = [
            threading.Thread(target=_client, args=(port, due, numbers, begin, rate, series)) for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        seen.wait_for(due.keys())
    return [seen.at[reference] - at for reference, at in due.items()]


def _client(port: int, due: dict[str, float], numbers: Iterator[int], begin: float, rate: float, series: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for number in numbers:
        at = begin + number / rate
        if at > begin + SECONDS:
            return
        time.sleep(max(0.0, at - time.perf_counter()))
        body = json.dumps(fields_of(series, number))
        connection.request("POST", "/v1/tickets", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        due[json.loads(answer.read())["reference"]] = at


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
