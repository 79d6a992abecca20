"""Recording: in the caller's transaction, in commit order within a ticket, append-only."""

import threading
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from shared.events.contracts import Event, Json, ticket_submitted
from shared.events.log import FIRST_EVENT, first_event_values, record
from tests.integration.shared.events.conftest import an_event, recorded
from tests.polling import eventually

CLOCKS = ("occurred_at", "due_at", "not_before")


def test_an_event_gets_one_delivery_for_each_subscriber(engine: Engine) -> None:
    (number,) = recorded(
        engine, ticket_submitted("T-AAAA-AAAA", "c1", {"category": "ads/loading"}, {"email": "a@example.org"})
    )
    with engine.connect() as connection:
        names = connection.execute(
            text("select subscriber from events.deliveries where id = :id"), {"id": number}
        ).scalars()
        assert set(names) == {"triage", "notify"}
        row = connection.execute(text("select * from events.log where id = :id"), {"id": number}).one()
    assert (row.type, row.ticket, row.payload, row.personal) == (
        "TicketSubmitted",
        "T-AAAA-AAAA",
        {"category": "ads/loading"},
        {"email": "a@example.org"},
    )


def test_a_first_event_in_a_statement_of_its_own_is_recorded_as_every_other(engine: Engine) -> None:
    given = {"category": "ads/loading", "earlier_tickets": []}
    event = ticket_submitted("T-AAAA-AAAA", "c1", given, {"email": "a@example.org", "name": None})
    (number,) = recorded(engine, replace(event, event_id=uuid7()))
    statement = f"with first as (select cast(%(payload)s as jsonb) as payload), {FIRST_EVENT} select id from logged"
    with engine.begin() as connection:
        same = connection.exec_driver_sql(statement, first_event_values(event)).scalar_one()
        logged, delivered = (
            {
                row.id: {name: value for name, value in row._mapping.items() if name not in ("id", "event_id", *CLOCKS)}
                for row in connection.execute(text(f"select * from {table}"))
            }
            for table in ("events.log", "events.deliveries")
        )
        names = connection.execute(text("select id, subscriber from events.deliveries")).all()
    assert logged[number] == logged[same]
    assert {**delivered[number], "subscriber": ""} == {**delivered[same], "subscriber": ""}
    assert sorted(names) == sorted((each, name) for each in (number, same) for name in ("notify", "triage"))


def test_a_first_event_without_a_payload_is_none(engine: Engine) -> None:
    event = ticket_submitted("T-AAAA-AAAA", "c1", {}, {})
    statement = f"with first as (select '{{}}'::jsonb as payload where false), {FIRST_EVENT} select id from logged"
    with engine.begin() as connection:
        assert connection.exec_driver_sql(statement, first_event_values(event)).all() == []
        assert connection.execute(text("select count(*) from events.deliveries")).scalar_one() == 0


def subscribers_told(engine: Engine, event: Event) -> set[str]:
    (number,) = recorded(engine, event)
    with engine.connect() as connection:
        named = text("select subscriber from events.deliveries where id = :id")
        return set(connection.execute(named, {"id": number}).scalars())


def test_a_team_is_told_while_it_has_a_webhook(engine: Engine) -> None:
    event = partial(Event, "TicketRouted", "T-AAAA-AAAA", {"team": "ads", "category": "billing/cost"}, "c")
    assert subscribers_told(engine, event()) == {"intake", "notify"}
    webhook = (
        "insert into triage.webhooks (team, url, secret, created_by) values ('ads', 'https://x.example', 'x', 'x')"
    )
    with engine.begin() as connection:
        connection.execute(text(webhook))
        connection.execute(text(webhook))
    assert subscribers_told(engine, event()) == {"intake", "notify", "team.ads"}
    with engine.begin() as connection:
        connection.execute(text("delete from triage.webhooks where id = (select id from triage.webhooks limit 1)"))
    assert subscribers_told(engine, event()) == {"intake", "notify", "team.ads"}
    with engine.begin() as connection:
        connection.execute(text("delete from triage.webhooks"))
    assert subscribers_told(engine, event()) == {"intake", "notify"}


@pytest.mark.parametrize(
    ("kind", "payload", "told"),
    [
        ("TicketRouted", {"team": "ads", "category": "ads/metrics"}, {"intake"}),
        ("TicketRouted", {"team": "ads", "category": "billing/cost"}, {"intake", "notify"}),
        ("EmailStateChanged", {"kind": "acknowledgement", "state": "sent"}, {"triage"}),
        ("EmailStateChanged", {"kind": "acknowledgement", "state": "bounced"}, {"triage", "intake"}),
        ("EmailStateChanged", {"kind": "reply", "state": "sent"}, {"triage", "intake"}),
        ("EmailStateChanged", {"kind": "reply", "state": "bounced", "participant": True}, {"triage"}),
    ],
)
def test_nobody_is_told_what_does_not_concern_them(engine: Engine, kind: str, payload: Json, told: set[str]) -> None:
    assert subscribers_told(engine, Event(kind, "T-AAAA-AAAA", payload, "c")) == told


def test_what_nobody_waits_for_is_due_together(engine: Engine) -> None:
    recorded(engine, *(Event("TicketFollowedUp", "T-AAAA-AAAA", {}, "c") for _ in range(2)))
    recorded(engine, *(Event("TicketAnswered", "T-AAAA-AAAB", {"team": "ads"}, "c") for _ in range(2)))
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "select subscriber, due_at <= clock_timestamp() as due, due_at = date_bin('250 ms', due_at, 'epoch') as gathered,"
                " due_at - not_before <= interval '250 ms' as soon from events.deliveries"
            )
        ).all()
    assert {(row.due, row.gathered) for row in rows if row.subscriber == "triage"} == {(True, False)}
    assert {(row.gathered, row.soon) for row in rows if row.subscriber == "notify"} == {(True, True)}


def test_a_rolled_back_transaction_leaves_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        transaction = connection.begin()
        record(connection, [an_event()])
        transaction.rollback()
        assert connection.execute(text("select count(*) from events.log")).scalar_one() == 0
        assert connection.execute(text("select count(*) from events.deliveries")).scalar_one() == 0


def test_an_unknown_type_is_refused_before_anything_is_written(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(KeyError):
        record(connection, [Event("NobodyDeclaredThis", None, {}, "c")])


def test_a_batch_keeps_the_order_given(engine: Engine) -> None:
    tickets = [f"T-0000-{number:04}" for number in range(50)]
    numbers = recorded(engine, *[an_event(ticket) for ticket in tickets])
    assert numbers == sorted(numbers)
    with engine.connect() as connection:
        assert list(connection.execute(text("select ticket from events.log order by id")).scalars()) == tickets


@pytest.mark.parametrize("change", ["set payload = '{}'", "set ticket = null", 'set personal = \'{"email": "x"}\''])
def test_the_log_is_append_only(engine: Engine, change: str) -> None:
    recorded(engine, ticket_submitted("T-AAAA-AAAA", "c", {"category": "a"}, {"email": "a@example.org"}))
    with engine.begin() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(f"update events.log {change}"))


def test_the_log_refuses_deletion(engine: Engine) -> None:
    recorded(engine, an_event())
    with engine.begin() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("delete from events.log"))


def test_a_person_can_be_forgotten(engine: Engine) -> None:
    recorded(engine, ticket_submitted("T-AAAA-AAAA", "c", {"category": "a"}, {"email": "a@example.org"}))
    with engine.begin() as connection:
        connection.execute(text("update events.log set personal = null"))
        assert connection.execute(text("select personal from events.log")).scalar_one() is None


def test_id_order_is_commit_order_within_a_ticket(engine: Engine) -> None:
    """Two transactions at a barrier: the second may draw its id only after the first has committed."""
    barrier = threading.Barrier(2)
    order: list[int] = []
    go = threading.Event()

    def first() -> None:
        with engine.begin() as connection:
            order.append(record(connection, [an_event()])[0])
            barrier.wait()
            go.wait(60)

    def second() -> None:
        barrier.wait()
        with engine.begin() as connection:
            order.append(record(connection, [an_event()])[0])

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()

    def second_waits() -> bool:
        with engine.connect() as connection:
            waiting = connection.execute(
                text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
            )
            return bool(waiting.scalar_one())

    eventually(second_waits)
    go.set()
    for thread in threads:
        thread.join(60)
    assert order == sorted(order)


def test_two_batches_over_the_same_tickets_do_not_deadlock(engine: Engine) -> None:
    tickets = [f"T-0000-{number:04}" for number in range(40)]
    barrier = threading.Barrier(2)
    errors: list[BaseException] = []

    def batch(names: list[str]) -> None:
        try:
            for _ in range(10):
                barrier.wait(60)
                recorded(engine, *[an_event(name) for name in names])
        except BaseException as error:
            errors.append(error)
            barrier.abort()

    threads = [threading.Thread(target=batch, args=(names,)) for names in (tickets, tickets[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
