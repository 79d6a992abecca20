"""How many SQL statements and transactions a ticket costs, from its submission to the acknowledgement that was sent.

Each is a round trip, and a transaction waits for the disk. Where you add one knowingly, change the numbers of its step in COSTS; where
a step of yours is new, add it. Whatever is read or written for several tickets at once belongs into one statement: the second test
demands that a batch costs no more than a single ticket.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event, text

from services.intake.deps import bootstrap as intake_deps
from services.intake.handlers import HANDLERS
from services.intake.settings import IntakeSettings
from services.intake.submissions.submission import Sender, Submission
from services.intake.submissions.submit_ticket import submit_ticket
from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.deps import bootstrap as notify_deps
from services.notify.handlers import handlers_of
from services.notify.settings import NotifySettings
from services.triage.deps import bootstrap as triage_deps
from services.triage.handlers import triage_handlers
from services.triage.settings import TriageSettings
from services.triage.timers.fill_search import fill_search
from shared.events import leases
from shared.events.consumer import Consumer
from shared.settings import PlatformSettings, read
from shared.submission_fields import NAMES

# By step: statements, and transactions. BEGIN and COMMIT are not counted; a statement on its own is a transaction.
COSTS = {
    "submit": (1, 1),
    # The relay's lease; lock the deliveries, read which ruleset is active, route and record, finish.
    "lease for triage, route": (5, 2),
    # The lease; lock, suppressed addresses, lock the addresses, how many e-mails each had, the time, write, finish.
    "lease for notify, acknowledge": (8, 2),
    # What is to do, a slot, the owner's lock, a batch, outcome and event, the next batch (empty), the locks back.
    "send": (8, 7),
    "lease for intake, show the status": (4, 2),
    "lease for triage, show the e-mail": (4, 2),
    # What waits, the rows in a savepoint of their own, whether more waits.
    "fill search": (5, 1),
}

MAILS_OF_A_BATCH = 3  # fewer than the sender's BACKLOG, from which on outcomes share commits as they happen to come


class Costs:
    """Counts what goes over the connections of an engine, by the step that is under way."""

    def __init__(self) -> None:
        self.step = ""
        self.statements: Counter[str] = Counter()
        self.transactions: Counter[str] = Counter()

    def count(self, engine: Engine) -> None:
        costs = self

        class Cursor(psycopg.Cursor[Any]):
            def execute(self, *args: Any, **options: Any) -> "Cursor":
                costs.statements[costs.step] += 1
                if self.connection.info.transaction_status == TransactionStatus.IDLE:
                    costs.transactions[costs.step] += 1
                super().execute(*args, **options)
                return self

        @event.listens_for(engine, "do_connect")
        def on_connect(_: Any, __: Any, ___: Any, parameters: dict[str, Any]) -> None:
            parameters["cursor_factory"] = Cursor

    def by_step(self) -> dict[str, tuple[int, int]]:
        return {step: (self.statements[step], self.transactions[step]) for step in self.statements if step}


class Journey:
    """Carries tickets through the real use cases, one step after another."""

    def __init__(self, environment: dict[str, str], engine: Engine) -> None:
        self._aside = engine
        self.costs = Costs()
        self._intake = intake_deps(read(IntakeSettings, environment), application="tests-worker", pool_size=2)
        triage = triage_deps(read(TriageSettings, environment), application="tests-worker", pool_size=2)
        self._notify = notify_deps(read(NotifySettings, environment), application="tests-worker", pool_size=4)
        self._triage = triage.engine
        self._relay = leases.leasing_engine(read(PlatformSettings, environment))
        self.engines = (self._intake.engine, triage.engine, self._notify.engine, self._relay)
        for each in self.engines:
            self.costs.count(each)
        self._mailing = make_mailing(replace(self._notify.settings, smtp_connections=1))
        self._handlers: dict[str, tuple[Engine, Any]] = {
            "triage": (triage.engine, triage_handlers(triage.rulesets)),
            "notify": (self._notify.engine, handlers_of(self._notify)),
            "intake": (self._intake.engine, HANDLERS),
        }

    def run(self, tickets: int) -> dict[str, tuple[int, int]]:
        """What each step costs for so many tickets that are submitted together."""
        self.costs.statements.clear()
        self.costs.transactions.clear()
        for _ in range(tickets):
            self._during("submit", self._submit)
        self._during("lease for triage, route", lambda: self._deliver("triage"))
        self._during("lease for notify, acknowledge", lambda: self._deliver("notify"))
        self._during("send", lambda: send_due_emails(self._notify.engine, self._mailing, 60.0))
        self._during("lease for intake, show the status", lambda: self._deliver("intake"))
        self._during("lease for triage, show the e-mail", lambda: self._deliver("triage"))
        self._during("fill search", self._fill_search)
        return self.costs.by_step()

    def _during(self, step: str, work: Callable[[], object]) -> None:
        self.costs.step = step
        work()
        self.costs.step = ""

    def _submit(self) -> None:
        given = {"category": "account/login", "email": f"{uuid4().hex}@example.com", "message": "Help!", "locale": "en"}
        fields = {name: given.get(name) for name in NAMES}
        submit_ticket(
            self._intake.connections,
            self._intake.store,
            self._intake.catalog,
            Submission(fields, {}),
            Sender("127.0.0.1", uuid4().hex),
        )

    def _deliver(self, subscriber: str) -> None:
        with self._aside.begin() as connection:
            connection.execute(text("update events.deliveries set due_at = clock_timestamp()"))
        engine, handlers = self._handlers[subscriber]
        ids = [delivery.id for delivery in leases.lease(self._relay, subscriber, 200).deliveries]
        assert Consumer(engine, subscriber, handlers).consume(ids) == len(ids) > 0

    def _fill_search(self) -> None:
        with self._triage.begin() as connection:
            fill_search(connection)


@pytest.fixture
def journey(environment: dict[str, str], engine: Engine, maildir: object) -> Iterator[Journey]:
    made = Journey(environment, engine)
    made.run(1)  # the first one reads the ruleset, and connects
    yield made
    for each in made.engines:
        each.dispose()


def test_what_a_ticket_costs(journey: Journey) -> None:
    assert journey.run(1) == COSTS


def test_a_batch_costs_no_more_than_one_ticket(journey: Journey) -> None:
    of_one, of_many = journey.run(1), journey.run(MAILS_OF_A_BATCH)
    alone = {"submit", "send"}
    assert {step: of_many[step] for step in of_many if step not in alone} == {
        step: of_one[step] for step in of_one if step not in alone
    }


def test_everything_arrived(journey: Journey, engine: Engine) -> None:
    journey.run(2)
    with engine.connect() as connection:
        sent = connection.execute(text("select count(*) from notify.emails where state = 'sent'")).scalar_one()
        shown = connection.execute(
            text("select count(*) from intake.submissions where status = 'with_team'")
        ).scalar_one()
        lines = connection.execute(text("select count(*) from triage.timeline where kind = 'email'")).scalar_one()
        left = connection.execute(text("select count(*) from events.deliveries")).scalar_one()
    assert (sent, shown, lines, left) == (3, 3, 3, 0)
