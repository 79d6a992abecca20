"""Many agents act on few tickets, also with claims that have ended: only the holder of a claim can write."""

import threading
from collections.abc import Callable
from random import Random

from sqlalchemy import Connection

from services.triage.actions.access import Actor
from services.triage.actions.add_note import add_note
from services.triage.actions.reopen import reopen
from services.triage.actions.resolve import resolve
from services.triage.actions.transfer import transfer
from services.triage.claims.claim import Claimed
from services.triage.claims.claim_next import claim_next
from services.triage.claims.extend_claim import extend_claim
from services.triage.claims.release_claim import release_claim
from services.triage.claims.take_over import take_over
from services.triage.tickets.read_ticket import team_of
from services.triage.timers.expire_claims import expire_claims
from shared.errors import Conflict, Forbidden, NotFound
from shared.settings import DEFAULT_TEAMS
from tests.integration.triage.conftest import Triage, person

AGENTS, ACTIONS_EACH, TICKETS = 10, 60, 12
GAINED = ("claimed", "taken_over")
LOST = ("given_back", "resolved", "transferred", "reopened", "lease_expired")


class Agent:
    """A lead who tries actions at random, with any of the claims they ever had."""

    def __init__(self, triage: Triage, number: int, references: list[str]) -> None:
        self.triage, self.references, self.chance = triage, references, Random(number)
        self.me = person("lead", "ads", "billing", name=f"lead {number}")
        self.claims: list[Claimed] = []
        self.done = 0

    def work(self) -> None:
        actions = (
            self.claim,
            self.claim,
            self.take_over,
            self.release,
            self.note,
            self.note,
            self.resolve,
            self.transfer,
            self.extend,
            self.reopen,
        )
        for _ in range(ACTIONS_EACH):
            action: Callable[[Connection], list[Claimed]] = self.chance.choice(actions)
            try:
                with self.triage.engine.begin() as connection:
                    made = action(connection)
            except (Conflict, Forbidden, NotFound):
                continue
            self.claims += made
            self.done += 1

    def claim(self, connection: Connection) -> list[Claimed]:
        team = self.chance.choice(("ads", "billing"))
        # Some leases end at once, for the timer and the next claimer.
        return claim_next(connection, team, self.me, 2, self.chance.choice((1, 600)), DEFAULT_TEAMS)

    def take_over(self, connection: Connection) -> list[Claimed]:
        return [take_over(connection, self.chance.choice(self.references), self.me, 600)]

    def release(self, connection: Connection) -> list[Claimed]:
        release_claim(connection, self._any().claim, self.me)
        return []

    def note(self, connection: Connection) -> list[Claimed]:
        add_note(connection, *self._claimed(), "I hold it.")
        return []

    def resolve(self, connection: Connection) -> list[Claimed]:
        resolve(connection, *self._claimed(), "solved", None)
        return []

    def transfer(self, connection: Connection) -> list[Claimed]:
        ruleset, (reference, actor) = self.triage.rulesets.active(connection), self._claimed()
        here = team_of(connection, reference, self.me)
        there = "billing" if here == "ads" else "ads"
        transfer(connection, reference, actor, ruleset, DEFAULT_TEAMS, there, "workload", "Yours.")
        return []

    def extend(self, connection: Connection) -> list[Claimed]:
        extend_claim(connection, self._any().claim, self.me, 600)
        expire_claims(connection)
        return []

    def reopen(self, connection: Connection) -> list[Claimed]:
        reopen(
            connection,
            self.chance.choice(self.references),
            Actor(self.me),
            self.triage.rulesets.active(connection),
            "Again.",
        )
        return []

    def _any(self) -> Claimed:
        if not self.claims:
            raise NotFound("No claim so far.")
        return self.chance.choice(self.claims)

    def _claimed(self) -> tuple[str, Actor]:
        claim = self._any()
        # The version may be left out: the claim alone is enough.
        return claim.ticket["reference"], Actor(self.me, claim.claim, self.chance.choice((None, claim.version)))


def _at_once(agents: list[Agent]) -> list[BaseException]:
    failures: list[BaseException] = []
    barrier = threading.Barrier(len(agents))

    def run(agent: Agent) -> None:
        barrier.wait()
        try:
            agent.work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def _written_by_others(triage: Triage, reference: str) -> list[str]:
    """The internal notes whose writer did not hold the ticket's claim at that time."""
    holder, wrong = None, []
    for line in triage.rows("select kind, by from triage.timeline where ticket = :r order by id", r=reference):
        if line.kind in GAINED:
            holder = line.by
        elif line.kind in LOST:
            holder = None
        elif line.kind == "noted" and line.by != holder:
            wrong.append(f"{reference}: {line.by}, while {holder} held it")
    return wrong


def test_only_the_holder_of_the_claim_writes(triage: Triage) -> None:
    references = [triage.submit("ads/metrics") for _ in range(TICKETS)]
    agents = [Agent(triage, number, references) for number in range(AGENTS)]
    assert _at_once(agents) == []
    assert sum(agent.done for agent in agents) > AGENTS * ACTIONS_EACH / 10
    assert [wrong for reference in references for wrong in _written_by_others(triage, reference)] == []
    broken = triage.rows("""
        select t.reference, t.state, c.id from triage.tickets t
        full join (select * from triage.claims where ended_at is null) c on c.ticket = t.reference
        where (t.state = 'claimed') is distinct from (c.id is not null)
           or t.state = 'claimed' and (t.claim, t.version, t.claimed_by) is distinct from (c.id, c.version, c.holder_name)
    """)
    assert broken == []
