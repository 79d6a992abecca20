"""Merging a ticket into another, beside resolving one."""

import statistics
import time
from collections.abc import Callable
from itertools import cycle
from uuid import UUID

from sqlalchemy import Engine, text

from bench.harness.pair import in_turns
from bench.pages.row import Row
from bench.waiting import TEAM
from services.triage.actions.access import Actor
from services.triage.actions.reopen import reopen
from services.triage.actions.resolve import resolve
from services.triage.merging.merge import merge
from services.triage.merging.unmerge import unmerge
from services.triage.rulesets.stored import StoredRulesets
from shared.auth.principal import Principal
from shared.catalog import load
from shared.settings import DEFAULT_TEAMS

TICKETS, ROUNDS, TIMES = 60, 7, 30
_WHY = (
    "A merge locks and changes two tickets, writes to both timelines, remembers what both were, and records two events; a resolution does "
    "a third of it."
)
_OF_ONE = text("""
    update triage.tickets set email = 'merging@example.com'
    where reference in (select reference from triage.tickets where team = :team and state = 'open' and email <> 'merging@example.com'
                        order by respond_by desc limit :limit)
    returning reference
""")


def merge_row(engine: Engine, tickets: int) -> Row:
    """The time of a merge beside a resolution's, with so many tickets in the database."""
    pair = in_turns(_merger(engine), _resolver(engine), ROUNDS)
    against = f"{pair.ours * 1000:.2f} ms beside {pair.ceiling * 1000:.2f} ms; rounds {pair.spread}"
    what = f"queue: a merge beside a resolution, {tickets:,} tickets"
    return Row(what, pair.ratio, "x", 5, "less", against, why=_WHY)


def _actor() -> Actor:
    return Actor(Principal(UUID(int=1), "Bench", "agent@example.org", "agent", frozenset({TEAM})))


def _references(engine: Engine) -> list[str]:
    """Open tickets, from now on of one requester."""
    with engine.begin() as connection:
        return list(connection.execute(_OF_ONE, {"team": TEAM, "limit": TICKETS}).scalars())


def _merger(engine: Engine) -> Callable[[], float]:
    """Merge and separate. Returns the median seconds of a merge, its commit included."""
    references, actor, rulesets = _references(engine), _actor(), StoredRulesets(load(), DEFAULT_TEAMS)
    pairs = cycle(zip(references[::2], references[1::2], strict=True))

    def once() -> float:
        reference, into = next(pairs)
        begin = time.perf_counter()
        with engine.begin() as connection:
            merge(connection, reference, actor, into)
        took = time.perf_counter() - begin
        with engine.begin() as connection:
            unmerge(connection, reference, actor, rulesets.active(connection))
        return took

    return lambda: statistics.median(once() for _ in range(TIMES))


def _resolver(engine: Engine) -> Callable[[], float]:
    """Resolve and reopen. Returns the median seconds of a resolution, its commit included."""
    references, actor, rulesets = cycle(_references(engine)), _actor(), StoredRulesets(load(), DEFAULT_TEAMS)

    def once() -> float:
        reference = next(references)
        begin = time.perf_counter()
        with engine.begin() as connection:
            resolve(connection, reference, actor, "duplicate", None)
        took = time.perf_counter() - begin
        with engine.begin() as connection:
            reopen(connection, reference, actor, rulesets.active(connection), "again")
        return took

    return lambda: statistics.median(once() for _ in range(TIMES))
