"""Triage: how fast a backlog is routed, beside Celery tasks that do nothing, and how that grows with workers."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

import redis
from sqlalchemy import Engine, create_engine, text

from bench.backlog import record_backlog
from bench.harness.growth import Measure, growth
from bench.harness.noop_worker import NOOP, QUEUE, make_app
from bench.harness.pair import in_turns
from bench.harness.processor import core_seconds
from bench.harness.programs import ours, program
from bench.harness.servers import servers
from bench.pages.row import Row
from bench.rulesets import document_of
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rulesets.activate import activate_ruleset
from services.triage.rulesets.author import Author
from services.triage.rulesets.save import save_ruleset
from shared.catalog import load
from shared.settings import DEFAULT_TEAMS

TICKETS, TASKS = 20_000, 3_000
ROUNDS = 5
PATIENCE = 120.0  # seconds
WORKERS = (1, 2, 3, 4)
_ROWS_OF_A_TICKET = (
    "A ticket costs 250 µs of the two cores: 110 in Python (12 for the decision, the rest to read the event and build rows), 100 in "
    "PostgreSQL for the ticket, its timeline entry, the event that tells its team and that event's deliveries, 45 in the relay and its "
    "leases. The profile is flat: no single function takes a tenth."
)

_LEFT = text("select exists (select from events.deliveries where subscriber = 'triage')")


def rows() -> Iterator[Row]:
    """Yields each figure as soon as it is measured."""
    with servers() as environment, ExitStack() as relaying:
        engine = create_engine(environment["VIDARE_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
        use_hundred_rules(engine)
        relaying.enter_context(ours("relay", environment))
        with ours("worker-triage", environment):
            routed_rate(engine, 2_000)
            pair = in_turns(lambda: routed_rate(engine, TICKETS), lambda: _noop_rate(environment), ROUNDS)
            against = f"{pair.ours:,.0f} tickets/s beside {pair.ceiling:,.0f} tasks/s; rounds {pair.spread}"
            what = f"triage: a backlog of {TICKETS:,}, 2 workers, 100 rules"
            part = "routing, 100 rules"
            yield Row(what, pair.ratio, "x", 8, "more", against, part=part, per_second=pair.ours, why=_ROWS_OF_A_TICKET)
        what = "triage: tickets a second, {} workers"
        yield from growth(
            "triage, by workers", what, WORKERS, lambda workers: _with_workers(environment, engine, workers)
        )


@contextmanager
def _with_workers(environment: Mapping[str, str], engine: Engine, workers: int) -> Iterator[Measure]:
    with ours("worker-triage", environment, VIDARE_WORKER_CONCURRENCY=str(workers)) as leader:
        routed_rate(engine, 2_000)
        yield lambda: _rates(engine, leader.pid)


def _rates(engine: Engine, pid: int) -> tuple[float, float]:
    """Tickets a second, and tickets a core-second of the process and its children."""
    before = core_seconds(pid)
    rate = routed_rate(engine, TICKETS)
    return rate, TICKETS / (core_seconds(pid) - before)


def use_hundred_rules(engine: Engine) -> None:
    """Activate a ruleset of 100 rules."""
    vocabulary, author = vocabulary_of(load(), DEFAULT_TEAMS), Author("bench")
    with engine.begin() as connection:
        saved = save_ruleset(connection, document_of(100), "bench", author, vocabulary)
        activate_ruleset(connection, saved.number, "bench", author, vocabulary)


def routed_rate(engine: Engine, tickets: int) -> float:
    """Tickets routed a second, from the commit that records all of them to the last one's, the relay's work included."""
    with engine.begin() as connection:
        # Deliveries of subscribers that are not running, and of the round before.
        connection.execute(text("delete from events.deliveries where subscriber <> 'triage'"))
        record_backlog(connection, tickets)
    begin = time.perf_counter()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _wait(lambda: not connection.execute(_LEFT).scalar_one())
    return tickets / (time.perf_counter() - begin)


def _noop_rate(environment: Mapping[str, str]) -> float:
    """Tasks a second of a worker with 2 processes, measured after the first tenth, so without its start."""
    app, begun = make_app(environment["VIDARE_REDIS_URL"]), TASKS * 9 // 10
    with redis.Redis.from_url(environment["VIDARE_REDIS_URL"]) as broker:
        for number in range(TASKS):
            app.send_task(NOOP, (number,))
        with program(["-m", "bench.harness.noop_worker"], environment, lambda: broker.llen(QUEUE) <= begun):
            begin, there = time.perf_counter(), broker.llen(QUEUE)
            _wait(lambda: broker.llen(QUEUE) == 0)
            return float(there) / (time.perf_counter() - begin)


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done within {PATIENCE:g} s")
        time.sleep(0.01)
