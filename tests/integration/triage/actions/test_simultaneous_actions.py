"""Many hands on few tickets, with claims that ended long ago: whoever writes holds the ticket at that moment."""

import threading
from collections.abc import Callable
from random import Random

from sqlalchemy import Connection

from services.triage.actions.access import Hand
from services.triage.actions.add_note import note
from services.triage.actions.reopen import reopen
from services.triage.actions.resolve import resolve
from services.triage.actions.transfer import transfer
from services.triage.claims.claim import Claimed
from services.triage.claims.claim_next import claim_next
from services.triage.claims.extend_claim import extend_claim
from services.triage.claims.release_claim import give_back
from services.triage.claims.take_over import take_over
from services.triage.tickets.read_ticket import team_of
from services.triage.timers.expire_leases import expire_leases
from shared.errors import Conflict, Forbidden, NotFound
from shared.settings import DEFAULT_TEAMS
from tests.integration.triage.conftest import Triage, person

HANDS, DEEDS_EACH, TICKETS = 10, 60, 12
TAKES = ("claimed", "taken_over")
LEAVES = ("given_back", "resolved", "transferred", "reopened", "lease_expired")


class Agent:
    """Somebody who tries this and that, with any claim that was ever theirs."""

    def __init__(self, triage: Triage, number: int, references: list[str]) -> None:
        self.triage, self.references, self.chance = triage, references, Random(number)
        self.me = person("lead", "ads", "billing", name=f"lead {number}")
        self.claims: list[Claimed] = []
        self.done = 0

    def work(self) -> None:
        deeds = (
            self.claim,
            self.claim,
            self.over,
            self.back,
            self.note,
            self.note,
            self.close,
            self.hand_on,
            self.extend,
            self.up,
        )
        for _ in range(DEEDS_EACH):
            deed: Callable[[Connection], list[Claimed]] = self.chance.choice(deeds)
            try:
                with self.triage.engine.begin() as connection:
                    made = deed(connection)
            except (Conflict, Forbidden, NotFound):
                continue
            self.claims += made
            self.done += 1

    def claim(self, connection: Connection) -> list[Claimed]:
        team = self.chance.choice(("ads", "billing"))
        # Some leases end at once: the timer's and the next claimer's.
        return claim_next(connection, team, self.me, 2, self.chance.choice((1, 600)), DEFAULT_TEAMS)

    def over(self, connection: Connection) -> list[Claimed]:
        return [take_over(connection, self.chance.choice(self.references), self.me, 600)]

    def back(self, connection: Connection) -> list[Claimed]:
        give_back(connection, self._any().claim, self.me)
        return []

    def note(self, connection: Connection) -> list[Claimed]:
        note(connection, *self._in_hand(), "I hold it.")
        return []

    def close(self, connection: Connection) -> list[Claimed]:
        resolve(connection, *self._in_hand(), "solved", None)
        return []

    def hand_on(self, connection: Connection) -> list[Claimed]:
        ruleset, (reference, hand) = self.triage.rulesets.active(connection), self._in_hand()
        here = team_of(connection, reference, self.me)
        there = "billing" if here == "ads" else "ads"
        transfer(connection, reference, hand, there, "workload", "Yours.", ruleset, DEFAULT_TEAMS)
        return []

    def extend(self, connection: Connection) -> list[Claimed]:
        extend_claim(connection, self._any().claim, self.me, 600)
        expire_leases(connection)
        return []

    def up(self, connection: Connection) -> list[Claimed]:
        reopen(
            connection,
            self.chance.choice(self.references),
            Hand(self.me),
            "Again.",
            self.triage.rulesets.active(connection),
        )
        return []

    def _any(self) -> Claimed:
        if not self.claims:
            raise NotFound("Nothing was ever theirs.")
        return self.chance.choice(self.claims)

    def _in_hand(self) -> tuple[str, Hand]:
        claim = self._any()
        # The version may be left out; the claim alone must hold.
        return claim.ticket["reference"], Hand(self.me, claim.claim, self.chance.choice((None, claim.version)))


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
    """The notes on a ticket's timeline whose writer did not hold the ticket then."""
    holder, wrong = None, []
    for line in triage.rows("select kind, by from triage.timeline where ticket = :r order by id", r=reference):
        if line.kind in TAKES:
            holder = line.by
        elif line.kind in LEAVES:
            holder = None
        elif line.kind == "noted" and line.by != holder:
            wrong.append(f"{reference}: {line.by}, while {holder} held it")
    return wrong


def test_whoever_writes_holds_the_ticket(triage: Triage) -> None:
    references = [triage.submit("ads/metrics") for _ in range(TICKETS)]
    agents = [Agent(triage, number, references) for number in range(HANDS)]
    assert _at_once(agents) == []
    assert sum(agent.done for agent in agents) > HANDS * DEEDS_EACH / 10
    assert [wrong for reference in references for wrong in _written_by_others(triage, reference)] == []
    broken = triage.rows("""
        select t.reference, t.state, c.id from triage.tickets t
        full join (select * from triage.claims where ended_at is null) c on c.ticket = t.reference
        where (t.state = 'claimed') is distinct from (c.id is not null)
           or t.state = 'claimed' and (t.claim, t.version, t.claimed_by) is distinct from (c.id, c.version, c.holder_name)
    """)
    assert broken == []
