"""0.1.0's database with people at domains that IDNA 2003 made another name of, and the upgraded system's steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine, create_engine, text

from services.intake.handlers import HANDLERS as INTAKE
from services.intake.tickets.rebuild_addresses import rebuild_addresses
from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.deps import Deps as NotifyDeps
from services.notify.emails.rebuild_recipients import release_unreported
from services.notify.handlers import handlers_of
from services.notify.settings import NotifySettings
from services.triage.handlers import triage_handlers
from services.triage.rulesets.stored import StoredRulesets
from shared.catalog import load
from shared.events.consumer import Consumer
from shared.settings import read
from shared.storage.migrate import migrate
from shared.storage.object_store import ObjectStore
from tests.mail_server import MailServer, mail_server
from tests.servers_of_a_run import Servers
from tests.upgrade.loaded_dump import keys_of, loaded

# Who of the dump lives where, as they wrote it: their e-mails wait, were deferred, bounced, were complained about, or are being sent.
PEOPLE = {
    "zoe": "straße.example",
    "omar": "straße.example",
    "full": "ශ්\u200dරී.example",
    "vera": "βόλος.example",
    "wille": "نامه\u200cای.example",
    "slow1": "faß.example",
    "xenia": "groß.example",
    "eva": "bücher.example",
    "lea": "spaß.example",
}
GIVEN = (
    ("intake.submissions", "address", "text"),
    ("intake.submissions", "personal", "jsonb"),
    ("intake.inbound_mails", "address", "text"),
    ("events.log", "personal", "jsonb"),
    ("notify.threads", "recipient", "text"),
    ("triage.tickets", "email", "text"),
    ("triage.search", "email", "text"),
)
MAILED = (
    ("notify.emails", "recipient", "text"),
    ("notify.emails", "recipient_key", "text"),
    ("notify.emails", "headers", "jsonb"),
    ("notify.suppressions", "address", "text"),
)


def given(who: str) -> str:
    return f"{who}@{PEOPLE[who]}"


def earlier(who: str) -> str:
    """Where 0.1.0 mailed them."""
    return f"{who}@{PEOPLE[who].encode('idna').decode('ascii')}"


def right(who: str) -> str:
    return (
        f"{who}@"
        + {
            "zoe": "xn--strae-oqa.example",
            "omar": "xn--strae-oqa.example",
            "full": "xn--10cl1a0b660p.example",
            "vera": "xn--nxasmm1c.example",
            "wille": "xn--mgba3gch31f060k.example",
            "slow1": "xn--fa-hia.example",
            "xenia": "xn--gro-7ka.example",
            "eva": "xn--bcher-kva.example",
            "lea": "xn--spa-7ka.example",
        }[who]
    )


def move(connection: psycopg.Connection[Any], who: str) -> None:
    """Rewrite a person's rows as 0.1.0 would have written them for their address."""
    for address, columns in ((given(who), GIVEN), (earlier(who), MAILED)):
        for table, column, kind in columns:
            name, field = sql.Identifier(*table.split(".")), sql.Identifier(column)
            statement = sql.SQL("update {} set {} = replace({}::text, %s, %s)::{} where {}::text like %s").format(
                name, field, field, sql.SQL(kind), field
            )
            old = f"{who}@example.org"
            connection.execute(statement, (old, address, f"%{old}%"))


@dataclass
class System:
    """The upgraded system: its services' steps, each when a test asks for it."""

    engine: Engine
    settings: NotifySettings
    mails: MailServer

    @property
    def deps(self) -> NotifyDeps:
        return NotifyDeps(self.settings, self.engine, ObjectStore(self.settings))

    def rows(self, query: str, **values: object) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values))

    def change(self, statement: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def report(self) -> None:
        """Intake's tick, until there is nothing left."""
        more = True
        while more:
            with self.engine.begin() as connection:
                more = rebuild_addresses(connection)

    def consume(self, subscriber: str) -> None:
        """Every delivery of a subscriber, those that were waiting when the dump was made among them."""
        handlers = {
            "intake": INTAKE,
            "notify": handlers_of(self.deps),
            "triage": triage_handlers(StoredRulesets(load(), self.settings.teams)),
        }[subscriber]
        self.change("update events.deliveries set not_before = clock_timestamp()")
        ids = self.rows(
            "select id from events.deliveries where subscriber = :who and not parked order by id", who=subscriber
        )
        for (number,) in ids:
            Consumer(self.engine, subscriber, handlers).consume([number])

    def release(self) -> None:
        with self.engine.begin() as connection:
            assert release_unreported(connection) is False

    def send(self) -> None:
        self.change("update notify.emails set not_before = clock_timestamp() where state in ('queued', 'deferred')")
        send_due_emails(self.engine, make_mailing(self.settings), 60)

    def emails(self, address: str) -> list[Any]:
        return self.rows(
            "select kind, state from notify.emails where recipient = :address order by id", address=address
        )


@contextmanager
def upgraded_system(servers: Servers, environment: dict[str, str]) -> Iterator[System]:
    """The system after the migration, before any of its processes ran."""
    with loaded("0.1.0", servers, "addresses") as address, mail_server(smtputf8=False) as mails:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("set session_replication_role = replica")  # the log is append-only
            for who in PEOPLE:
                move(connection, who)
            connection.execute(
                "update notify.emails set state = 'queued' where recipient = %s and kind = 'disapproval'",
                [earlier("xenia")],
            )
            connection.execute(
                "update notify.suppressions set source = 'person' where address = %s", [earlier("wille")]
            )
        url = address.replace("postgresql://", "postgresql+psycopg://")
        migrate(url)
        changed = {
            "VIDARE_DATABASE_URL": address,
            "VIDARE_SECRET": keys_of("0.1.0")["secret"],
            "VIDARE_SMTP_URL": mails.url,
            "VIDARE_MAIL_DOMAIN": "vidare.example",
        }
        engine = create_engine(url)
        yield System(engine, read(NotifySettings, environment | changed), mails)
        engine.dispose()
