"""Many merge, separate and write at once: no deadlock, no circle, and every ticket is read in one place."""

import threading
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.triage.actions.access import Actor
from services.triage.actions.add_note import add_note
from services.triage.conversation.read_conversation import read_conversations
from services.triage.merging.merge import merge
from services.triage.merging.merge_into_oldest import merge_into_oldest
from services.triage.merging.unmerge import unmerge
from services.triage.tickets.follow_up import follow_up
from shared.errors import Conflict, TransientError
from shared.events.contracts import RecordedEvent
from tests.integration.triage.conftest import Triage, person, submitted

ROUNDS, WORKERS, ACTIONS_EACH, TICKETS = 15, 6, 40, 6
Act = Callable[[Connection], Any]


def at_once(triage: Triage, *acts: Act) -> list[str]:
    """Run them in transactions that begin together. Returns what became of each: done, or its error's name."""
    barrier, results = threading.Barrier(len(acts)), [""] * len(acts)

    def run(number: int, act: Act) -> None:
        try:
            with triage.engine.begin() as connection:
                barrier.wait()
                act(connection)
            results[number] = "done"
        except Exception as error:
            results[number] = type(error).__name__

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_merges_that_cross_one_wins(triage: Triage) -> None:
    actor = Actor(person("agent", "ads"))
    for _ in range(ROUNDS):
        a, b = triage.submit(), triage.submit()
        crossing = [partial(merge, reference=one, actor=actor, into=other) for one, other in ((a, b), (b, a))]
        assert sorted(at_once(triage, *crossing)) == ["Conflict", "done"]
        assert sorted(triage.ticket(one).merged_into is None for one in (a, b)) == [False, True]


def test_of_two_that_separate_at_once_one_does(triage: Triage) -> None:
    actor, ruleset = Actor(person("agent", "ads")), _active(triage)
    for _ in range(ROUNDS):
        a, b = triage.submit(), triage.submit()
        with triage.engine.begin() as connection:
            merge(connection, b, actor, a)
        act = partial(unmerge, reference=b, actor=actor, ruleset=ruleset)
        assert sorted(at_once(triage, act, act)) == ["Conflict", "done"]
        assert triage.timeline(b).count("unmerged") == 1


def _active(triage: Triage) -> Any:
    with triage.engine.begin() as connection:
        return triage.rulesets.active(connection)


class Worker:
    """Tries actions at random."""

    def __init__(self, triage: Triage, number: int, references: list[str]) -> None:
        self.triage, self.references, self.chance = triage, references, Random(number)
        self.actor, self.ruleset = Actor(person("agent", "ads")), _active(triage)
        self.events = _follow_ups(triage, references)
        self.unexpected: list[str] = []

    def work(self) -> None:
        acts = (self.merge, self.merge, self.merge_all, self.unmerge, self.note, self.follow_up)
        for _ in range(ACTIONS_EACH):
            try:
                with self.triage.engine.begin() as connection:
                    self.chance.choice(acts)(connection)
            except (Conflict, TransientError):
                continue
            except Exception as error:
                self.unexpected.append(repr(error))

    def merge(self, connection: Connection) -> None:
        reference, into = self.chance.sample(self.references, 2)
        merge(connection, reference, self.actor, into)

    def merge_all(self, connection: Connection) -> None:
        merge_into_oldest(connection, self.chance.sample(self.references, 3), self.actor)

    def unmerge(self, connection: Connection) -> None:
        unmerge(connection, self.chance.choice(self.references), self.actor, self.ruleset)

    def note(self, connection: Connection) -> None:
        add_note(connection, self.chance.choice(self.references), self.actor, "A note.")

    def follow_up(self, connection: Connection) -> None:
        follow_up(connection, self.ruleset, [self.chance.choice(self.events)])


def _follow_ups(triage: Triage, references: list[str]) -> list[RecordedEvent]:
    """A message to each ticket, as a consumer gets it; of another event each time it is read."""
    first = submitted()
    payload = {"follow_up": "f", "attachments": [], "missing_evidence": [], "filled": []}
    personal = {"message": "More.", "details": {}, "attachment_names": {}}
    [now] = triage.rows("select clock_timestamp() as now")
    return [
        RecordedEvent(1, uuid4(), "TicketFollowedUp", 1, reference, first.correlation_id, now.now, payload, personal)
        for reference in references
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_ticket_is_read_in_one_place(triage: Triage, seed: int) -> None:
    references = [triage.submit() for _ in range(TICKETS)]
    workers = [Worker(triage, seed * 100 + number, references) for number in range(WORKERS)]
    threads = [threading.Thread(target=worker.work) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error for worker in workers for error in worker.unexpected] == []
    assert {"merged", "unmerged"} <= {kind for reference in references for kind in triage.timeline(reference)}
    tickets = {reference: triage.ticket(reference) for reference in references}
    into = dict(triage.rows("select ticket, into_ticket from triage.merges"))
    for reference, ticket in tickets.items():
        root = reference
        while root in into:
            root = into[root]
        assert ticket.merged_into == (root if root != reference else None)
        below = [one for one in references if reference in _above(one, into)]
        assert sorted(ticket.merged_tickets or ()) == sorted(below)
        assert ticket.merged_into is None or ticket.state == "resolved"
    roots = [reference for reference in references if reference not in into]
    with triage.engine.begin() as connection:
        told = read_conversations(connection, roots, most=10_000)
    lines = triage.rows("select count(*) as n from triage.timeline where kind in ('routed', 'followed_up', 'noted')")
    assert sum(len(one.entries) for one in told.values()) == lines[0].n


def _above(reference: str, into: dict[str, str]) -> list[str]:
    """The tickets that it is merged into, directly or with another."""
    above = []
    while reference in into:
        reference = into[reference]
        above.append(reference)
    return above
