"""A bulk of 10,000 tickets, beside as many single calls of the same action in the same run."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle
from uuid import UUID

from sqlalchemy import Engine, create_engine, text

from bench.harness.pair import in_turns
from bench.harness.servers import servers
from bench.pages.row import Row
from bench.rulesets import CATALOG
from bench.waiting import TEAM, waiting
from services.triage.actions.access import Actor
from services.triage.actions.change_ticket import change_ticket
from services.triage.bulk.run_chunk import run_chunk
from services.triage.bulk.start_bulk import MOST_FOUND, Wanted, start_bulk
from services.triage.bulk.undo_bulk import undo_bulk
from services.triage.rulesets.stored import StoredRulesets
from shared.auth.principal import Principal
from shared.auth.users import find_principal_by_id, find_user, make_user
from shared.settings import DEFAULT_TEAMS

TICKETS, ROUNDS = 100_000, 3
_EMAIL = "agent@example.org"
# The bulk names its tickets by a search for this word.
_WORD = text("update triage.search set vector = vector || to_tsvector('simple', 'bulkword') where sequence <= :most")
_REFERENCES = text("select reference from triage.tickets where sequence <= :most order by reference")


def rows() -> Iterator[Row]:
    """Yields each figure as soon as it is measured."""
    with servers() as environment, ExitStack() as databases:
        url = databases.enter_context(waiting(environment["VIDARE_DATABASE_URL"], "for_bulk", TICKETS))
        engine = create_engine(url)
        agent = _agent(engine)
        with engine.begin() as connection:
            connection.execute(_WORD, {"most": MOST_FOUND})
            references: Sequence[str] = connection.execute(_REFERENCES, {"most": MOST_FOUND}).scalars().all()
        pair = in_turns(_bulk(engine, agent), _single_calls(engine, agent, references), ROUNDS)
        against = f"{MOST_FOUND / pair.ours:,.0f} tickets/s; single calls {MOST_FOUND / pair.ceiling:,.0f}/s; rounds {pair.spread}"
        yield Row(f"bulk: {MOST_FOUND:,} tickets, beside as many single calls", pair.ratio, "x", 1.5, "less", against)
        yield Row(f"bulk: undo of {MOST_FOUND:,} tickets", _undo(engine, agent), "s")
        engine.dispose()


def _agent(engine: Engine) -> Principal:
    with engine.begin() as connection:
        make_user(connection, _EMAIL, "Bench", "agent", (TEAM,))
        agent = find_principal_by_id(connection, find_user(connection, _EMAIL).id)
    if agent is None:
        raise ValueError("the agent has no account")
    return agent


def _start(engine: Engine, agent: Principal, priority: str) -> UUID:
    action = {"kind": "priority", "priority": priority}
    wanted = Wanted(None, "bulkword", DEFAULT_TEAMS, MOST_FOUND)
    with engine.begin() as connection:
        return start_bulk(connection, agent, wanted, action, DEFAULT_TEAMS, "api")


def _run(engine: Engine, bulk: UUID, step: int) -> None:
    rulesets = StoredRulesets(CATALOG, DEFAULT_TEAMS)
    following: int | None = step
    while following is not None:
        following = run_chunk(engine, rulesets, bulk, following)


def _bulk(engine: Engine, agent: Principal) -> Callable[[], float]:
    """Each run changes all tickets, since each sets another priority than any run of either side before."""
    priorities = cycle(("low", "high"))

    def once() -> float:
        begin = time.perf_counter()
        _run(engine, _start(engine, agent, next(priorities)), 0)
        return time.perf_counter() - begin

    return once


def _single_calls(engine: Engine, agent: Principal, references: Sequence[str]) -> Callable[[], float]:
    """The use case, each in a transaction of its own, without HTTP."""
    rulesets = StoredRulesets(CATALOG, DEFAULT_TEAMS)
    priorities = cycle(("normal", "urgent"))

    def once() -> float:
        priority = next(priorities)
        begin = time.perf_counter()
        for reference in references:
            with engine.begin() as connection:
                change_ticket(connection, reference, Actor(agent), rulesets.active(connection), priority)
        return time.perf_counter() - begin

    return once


def _undo(engine: Engine, agent: Principal) -> float:
    bulk = _start(engine, agent, "low")
    _run(engine, bulk, 0)
    with engine.begin() as connection:
        undo_bulk(connection, bulk, agent)
        step: int = connection.execute(text("select step from triage.bulks where id = :id"), {"id": bulk}).scalar_one()
    begin = time.perf_counter()
    _run(engine, bulk, step)
    return time.perf_counter() - begin
