"""The rules: decisions a second, what 10,000 rules cost beside 10, and a replay over past tickets."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from bench.past import NOTES, fill
from bench.row import Point, Row
from local.ports import free_ports
from local.servers import postgres
from services.triage.replays.past_tickets import past_tickets
from services.triage.replays.saved import start_replay
from services.triage.replays.tasks import one_chunk
from services.triage.rules.document import parse_document
from services.triage.rules.engine import CompiledRuleset, compile_ruleset, decide
from services.triage.rules.facts import Facts
from services.triage.rules.seed import seed_document
from services.triage.rules.vocabulary import vocabulary_of
from services.triage.rulesets.author import Author
from services.triage.rulesets.save import save_ruleset
from services.triage.rulesets.stored import StoredRulesets
from shared.catalog import load
from shared.conditions.words import split
from shared.migrate import migrate
from shared.settings import DEFAULT_TEAMS

TICKETS = 100_000
PROMISED_TICKETS = 1_000_000
PROMISED_SECONDS = 60.0
ROUNDS = 7

_CATALOG = load()
_VOCABULARY = vocabulary_of(_CATALOG, DEFAULT_TEAMS)
_COUNTRIES = ["SE", "NO", "DK", "FI", "DE", "FR", "NL", "BE", "ES", "PT", "IT", "PL", "AT", "CH", "IE", "GB"]


def rows() -> Iterator[Row]:
    """Each figure as soon as it is there."""
    hundred, notes = ruleset_of(100), list(NOTES)
    rate = 1 / best(lambda: decide_all(hundred, notes)) * len(notes)
    words = 1 / best(lambda: split_all(notes)) * len(notes)
    yield Row("decisions a second, 100 rules", rate, "/s", 50_000, "more", f"splitting the notes alone: {words:,.0f}/s")
    yield _growth(notes)
    yield from replay_rows()


def _growth(notes: Sequence[Facts]) -> Row:
    few, ratios = ruleset_of(10), {10: 1.0}
    for count in (100, 1_000, 10_000):
        many = ruleset_of(count)
        one, other = in_turns(lambda: decide_all(few, notes), lambda many=many: decide_all(many, notes))  # type: ignore[misc]
        ratios[count] = other / one
    points = tuple(Point("cost", "a decision by so many rules", count, ratio) for count, ratio in ratios.items())
    return Row("a decision with 10,000 rules beside one with 10", ratios[10_000], "x", 2.0, "less", "", points)


def ruleset_of(count: int) -> CompiledRuleset:
    """The seed's rules, then others like them, as a team of admins would write in time."""
    document = document_of(count)
    parsed, faults = parse_document(document, _VOCABULARY)
    if parsed is None:
        raise ValueError(faults[:3])
    return compile_ruleset(parsed)


def document_of(count: int) -> dict[str, Any]:
    """A document of so many rules; the same one every time."""
    chance, seed = random.Random(7), dict[str, Any](seed_document())
    rules: list[Any] = [*seed["rules"]][:count]
    categories = sorted(_CATALOG.categories)
    while len(rules) < count:
        rules.append(
            {
                "id": f"more-{len(rules)}",
                "when": _condition(chance, len(rules), categories),
                "then": _THEN[len(rules) % 4],
            }
        )
    return {**seed, "rules": rules}


_THEN: Sequence[dict[str, object]] = (
    {"priority": "high"},
    {"tags": ["watched"]},
    {"team": "billing"},
    {"respond_within": "4h", "tags": ["fast"]},
)


def _condition(chance: random.Random, number: int, categories: Sequence[str]) -> dict[str, object]:
    path: dict[str, object] = {"field": "category", "is": chance.choice(categories)}
    kind = number % 4
    if kind == 0:
        other: dict[str, object] = {"field": "text", "contains_any": [f"word{number}", f"term{number}"]}
    elif kind == 1:
        other = {"field": "email_domain", "is": f"shop{number}.example"}
    elif kind == 2:
        other = {"field": "message", "contains_any": [f"campaign {number}", f"code{number}"]}
    else:
        other = {
            "all": [
                {"field": "country", "is": chance.choice(_COUNTRIES)},
                {"field": "text", "contains_any": [f"offer{number}"]},
            ]
        }
    return {"all": [path, other]}


def decide_all(ruleset: CompiledRuleset, notes: Sequence[Facts]) -> None:
    """Decide about each."""
    for facts in notes:
        decide(ruleset, facts)


def split_all(notes: Sequence[Facts]) -> None:
    """The least that a look at words costs."""
    for facts in notes:
        split(str(facts["message"]))


def best(work: Callable[[], None]) -> float:
    """The seconds of the quickest of several runs: what the others took longer, the machine took."""
    return min(_seconds(work) for _ in range(ROUNDS))


def in_turns(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """The quickest of each, measured in turns, so that both meet the same machine."""
    pairs = [(_seconds(one), _seconds(other)) for _ in range(ROUNDS)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def _seconds(work: Callable[[], None]) -> float:
    """Of the processor: a decision waits for nothing, and others may be using the machine."""
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
            reading, replaying = _read_all(engine), _replay(engine, tickets)
            engine.dispose()
        finally:
            server.stop()
    yield Row(
        f"a replay over {PROMISED_TICKETS:,} tickets, from one over {tickets:,}",
        replaying * PROMISED_TICKETS / tickets,
        "s",
        PROMISED_SECONDS,
        "less",
        f"{tickets / replaying:,.0f} tickets/s; only reading them: {tickets / reading:,.0f}/s",
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


def _replay(engine: Engine, tickets: int) -> float:
    rulesets = StoredRulesets(_CATALOG, DEFAULT_TEAMS)
    with engine.begin() as connection:
        saved = save_ruleset(connection, document_of(100), "bench", Author("bench"), _VOCABULARY)
        replay = start_replay(connection, saved.number, 30, "bench")
    begin = time.perf_counter()
    step: int | None = 0
    while step is not None:
        step = one_chunk(engine, rulesets, replay, step)
    took = time.perf_counter() - begin
    with engine.begin() as connection:
        done = connection.execute(text("select done from triage.replays")).scalar_one()
    if done != tickets:
        raise ValueError(f"{done} of {tickets} tickets were decided")
    return took
