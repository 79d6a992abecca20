"""MailReceived is written down and its delivery is done with."""

import pytest
from sqlalchemy import Engine, text

from services.intake.handlers import HANDLERS, SUBSCRIBER
from shared.events.consumer import Consumer
from shared.events.contracts import mail_received
from shared.events.log import record


def receive(engine: Engine, kind: str, ticket: str | None = None) -> None:
    payload = {"object": f"mail/{kind}", "size": 5, "kind": kind, "reply_to": ticket}
    with engine.begin() as connection:
        ids = record(connection, [mail_received(ticket, "correlation", payload)])
    Consumer(engine, SUBSCRIBER, HANDLERS).consume(ids)


def rows(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())


@pytest.mark.parametrize("kind", ["reply", "automatic", "unknown", "unreadable"])
def test_a_mail_waits_to_be_read(engine: Engine, kind: str) -> None:
    receive(engine, kind, "T-7K3M-9QXA" if kind == "reply" else None)
    receive(engine, kind, "T-7K3M-9QXA" if kind == "reply" else None)
    assert rows(engine, "intake.inbound_mails where state = 'waiting'") == 1
    assert rows(engine, "events.deliveries") == 0


@pytest.mark.parametrize("kind", ["bounce", "complaint"])
def test_what_is_about_our_own_mail_is_left_to_its_sender(engine: Engine, kind: str) -> None:
    receive(engine, kind)
    assert rows(engine, "intake.inbound_mails") == 0
    assert rows(engine, "events.deliveries") == 0
