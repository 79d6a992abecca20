"""The rules: decisions a second, what 10,000 rules cost beside 10, and a replay over past tickets."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from bench.pages.row import Point, Row
from bench.past import PAST_FACTS, fill
from bench.rulesets import CATALOG, SHAPES, VOCABULARY, document_of, ruleset_of, shaped
from local.ports import free_ports
from local.servers import postgres
from services.triage.replays.past_tickets import past_tickets
from services.triage.replays.replay_chunk import replay_chunk
from services.triage.replays.saved import start_replay
from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.rules.engine.decide import decide
from services.triage.rulesets.author import Author
from services.triage.rulesets.save import save_ruleset
from services.triage.rulesets.stored import StoredRulesets
from shared.conditions import Facts
from shared.conditions.words import split
from shared.settings import DEFAULT_TEAMS
from shared.storage.migrate import migrate

TICKETS = 1_000_000
PROMISED_SECONDS = 60.0
ROUNDS = 7
MANY = 10_000


def rows() -> Iterator[Row]:
    """Yields each figure as soon as it is measured."""
    hundred, past = ruleset_of(100), list(PAST_FACTS)
    rate = 1 / best(lambda: decide_all(hundred, past)) * len(past)
    words = 1 / best(lambda: split_all(past)) * len(past)
    yield Row(
        "decisions a second, 100 rules",
        rate,
        "/s",
        50_000,
        "more",
        f"only splitting the texts into words: {words:,.0f}/s",
    )
    yield _growth(past)
    yield _growth_of_shapes(past)
    yield from replay_rows()


def _growth(past: Sequence[Facts]) -> Row:
    few = ruleset_of(10)
    ratios = {10: 1.0} | {count: _beside(few, ruleset_of(count), past) for count in (100, 1_000, MANY)}
    points = tuple(Point("cost", "a decision by so many rules", count, ratio) for count, ratio in ratios.items())
    return Row("a decision with 10,000 rules beside one with 10", ratios[MANY], "x", 2.0, "less", "", points)


def _growth_of_shapes(past: Sequence[Facts]) -> Row:
    """The worst of all shapes: a mixture would hide one that the index handles badly."""
    ratios = {shape: _beside(shaped(shape, 10), shaped(shape, MANY), past) for shape in SHAPES}
    told = ", ".join(f"{shape} {ratio:.2f}" for shape, ratio in ratios.items())
    return Row("the same, all rules of one shape: the worst shape", max(ratios.values()), "x", 2.0, "less", told)


def _beside(few: CompiledRuleset, many: CompiledRuleset, past: Sequence[Facts]) -> float:
    one, other = in_turns(lambda: decide_all(few, past), lambda: decide_all(many, past))
    return other / one


def decide_all(ruleset: CompiledRuleset, past: Sequence[Facts]) -> None:
    for facts in past:
        decide(ruleset, facts)


def split_all(past: Sequence[Facts]) -> None:
    """The least that any decision by words costs."""
    for facts in past:
        split(str(facts["message"]))


def best(work: Callable[[], None]) -> float:
    """The seconds of the fastest of several runs, the one least disturbed by other load."""
    return min(_seconds(work) for _ in range(ROUNDS))


def in_turns(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """The fastest run of each, measured in turns."""
    pairs = [(_seconds(one), _seconds(other)) for _ in range(ROUNDS)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def _seconds(work: Callable[[], None]) -> float:
    """Processor time, since a decision waits for nothing and other processes may be running."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def replay_rows(tickets: int = TICKETS) -> Iterator[Row]:
    """A replay of a ruleset of 100 rules, and the same tickets read without a decision."""
    with tempfile.TemporaryDirectory(prefix="vidare-bench-") as folder:
        server = postgres.start(Path(folder), free_ports(1)[0], password="bench")
        try:
            migrate(server.url)
            engine = create_engine(server.url.replace("postgresql://", "postgresql+psycopg://"))
            fill(engine, tickets)
            (took, changed), reading = _replay(engine, tickets), _read_all(engine)
            engine.dispose()
        finally:
            server.stop()
    yield Row(
        f"a replay over {tickets:,} tickets, {changed / tickets:.0%} of them changed",
        took,
        "s",
        PROMISED_SECONDS * tickets / TICKETS,
        "less",
        f"{tickets / took:,.0f} tickets/s; only reading them: {tickets / reading:,.0f}/s",
    )


def _read_all(engine: Engine) -> float:
    begin = time.perf_counter()
    at, reference, until = datetime(2000, 1, 1, tzinfo=UTC), "", datetime(2100, 1, 1, tzinfo=UTC)
    more = True
    with engine.begin() as connection:
        while more:
            more = False
            for ticket in past_tickets(connection, at, reference, until):
                at, reference, more = ticket.created_at, ticket.reference, True
    return time.perf_counter() - begin


def _draft() -> dict[str, object]:
    """A hundred rules, the first of which moves about a twentieth of the tickets; the replay keeps each one's change."""
    document = document_of(99)
    domains = [f"shop{number}.example" for number in range(25)]
    moving = {"id": "moved", "when": {"field": "email_domain", "in": domains}, "then": {"team": "billing"}}
    return {**document, "rules": [moving, *document["rules"]]}


def _replay(engine: Engine, tickets: int) -> tuple[float, int]:
    rulesets = StoredRulesets(CATALOG, DEFAULT_TEAMS)
    with engine.begin() as connection:
        saved = save_ruleset(connection, _draft(), "bench", Author("bench"), VOCABULARY)
        replay = start_replay(connection, saved.number, 30, "bench")
    begin = time.perf_counter()
    step: int | None = 0
    while step is not None:
        step = replay_chunk(engine, rulesets, replay, step)
    took = time.perf_counter() - begin
    with engine.begin() as connection:
        done, changed = connection.execute(text("select done, (tally ->> 'changed')::bigint from triage.replays")).one()
    if done != tickets:
        raise ValueError(f"{done} of {tickets} tickets were decided")
    return took, changed
