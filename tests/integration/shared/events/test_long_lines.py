"""Many events of one ticket, many that back off, many in flight: nobody else waits for them, and nothing is looked at in vain."""

import re
from collections.abc import Iterator
from itertools import count

import pytest
from redis import Redis
from sqlalchemy import Connection, Engine, text

from shared.events import leases
from shared.events.consumer import Consumer
from shared.events.failures import fail
from shared.events.relay import Relay
from shared.settings import PlatformSettings
from shared.storage.database import autocommit
from tests.integration.shared.events.conftest import an_event, delivery, recorded, write_effect

MANY = 6000
KEPT = count()


@pytest.fixture
def relay(leasing: Engine, effects: Engine, settings: PlatformSettings, redis_url: str) -> Iterator[Relay]:
    with Redis.from_url(redis_url) as client:
        made = Relay(leasing, client, ["triage"])
        made.round()  # the first round begins an epoch
        yield made


def consumer(engine: Engine) -> Consumer:
    return Consumer(engine, "triage", {"TicketWithdrawn": write_effect})


def deliveries(engine: Engine, more: str = "") -> None:
    """Many rows at once, without their events: for statements that look at deliveries alone."""
    with engine.begin() as connection:
        connection.execute(
            text(f"""
                insert into events.deliveries (id, subscriber, ticket, sends, due_at, not_before)
                select number, 'triage', {more} from generate_series(1, :many) as number"""),
            {"many": MANY},
        )
        connection.execute(text("analyze events.deliveries"))


def due(engine: Engine) -> int:
    with engine.connect() as connection:
        counted = connection.execute(text("select count(*) from events.deliveries where due_at <= clock_timestamp()"))
        return int(counted.scalar_one())


def test_followers_of_a_head_in_flight_are_not_looked_at_in_vain(effects: Engine, relay: Relay) -> None:
    deliveries(effects, "'T-0NE0-0NE0', 0, clock_timestamp(), clock_timestamp()")
    assert [relay.round() for _ in range(4)] == [1, 0, 0, 0]
    assert due(effects) == 0


def test_a_long_line_does_not_hide_another_ticket(effects: Engine, relay: Relay) -> None:
    deliveries(effects, "'T-0NE0-0NE0', 0, clock_timestamp(), clock_timestamp()")
    with effects.begin() as connection:
        connection.execute(text("update events.deliveries set id = id - :many"), {"many": 10 * MANY})
    recorded(effects, an_event("T-0THR-0000"))
    assert sum(relay.round() for _ in range(4)) == 2


def test_the_next_of_a_ticket_is_due_as_soon_as_the_first_is_handled(effects: Engine, relay: Relay) -> None:
    first, second, third = recorded(effects, an_event(), an_event(), an_event())
    assert relay.round() == 1
    waiting = [delivery(effects, number) for number in (second, third)]
    assert all(row and row["flying"] for row in waiting)
    for number in (first, second, third):
        assert consumer(effects).consume([number]) == 1
        assert relay.round() == (0 if number == third else 1)


def test_the_next_of_a_ticket_that_somebody_holds_is_not_waited_for(effects: Engine, relay: Relay) -> None:
    first, second = recorded(effects, an_event(), an_event())
    relay.round()
    with effects.connect() as holder:
        holder.execute(text("select 1 from events.deliveries where id = :id for update"), {"id": second})
        assert consumer(effects).consume([first]) == 1


def test_rows_that_frozen_consumers_hold_do_not_hide_those_behind(effects: Engine, leasing: Engine) -> None:
    deliveries(effects, "'T-' || number, 0, clock_timestamp(), clock_timestamp()")
    with effects.connect() as frozen:
        frozen.execute(text("select id from events.deliveries order by due_at, id limit 3000 for update"))
        assert len(leases.lease(leasing, "triage", 200).deliveries) == 200


@pytest.mark.parametrize(
    "state",
    [
        "0, clock_timestamp() + interval '1 hour', clock_timestamp() + interval '1 hour'",
        "1, clock_timestamp() + interval '1 hour', clock_timestamp()",
    ],
    ids=["backing off", "in flight"],
)
@pytest.mark.parametrize("name", ["_LEASE", "_MOVE_BLOCKED", "_DUE_SUBSCRIBERS"])
def test_a_look_does_not_read_what_is_not_due(effects: Engine, leasing: Engine, name: str, state: str) -> None:
    deliveries(effects, f"'T-' || number, {state}")
    statement = getattr(leases, name).text
    parameters = {"subscriber": "triage", "names": ["triage", "intake"], "most": 200, "look": 5200, "step": 5000}
    with leasing.begin() as connection:
        plan = "\n".join(connection.execute(text(f"explain analyze {statement}"), parameters).scalars())
    assert "Seq Scan" not in plan
    assert f"Rows Removed by Filter: {MANY}" not in plan


def test_the_first_backlog_after_the_installation_needs_no_statistics(effects: Engine, leasing: Engine) -> None:
    deliveries(effects, "'T-' || number, 0, clock_timestamp(), clock_timestamp()")
    parameters = {"subscriber": "triage", "most": 200, "look": 5200, "step": 5000}
    with leasing.connect() as connection, connection.begin() as transaction:
        connection.execute(text("delete from pg_statistic where starelid = 'events.deliveries'::regclass"))
        connection.execute(
            text("update pg_class set reltuples = -1, relpages = 0 where oid = 'events.deliveries'::regclass")
        )
        plans = [
            line
            for name in ("_LEASE", "_MOVE_BLOCKED")
            for line in connection.execute(text(f"explain analyze {getattr(leases, name).text}"), parameters).scalars()
        ]
        transaction.rollback()
    assert touched_at_most("\n".join(plans)) <= 2 * MANY


def touched_at_most(plan: str) -> float:
    """The rows that the busiest node of an analysed plan read: a few times the deliveries is fine, their square is not."""
    nodes = re.findall(
        r"rows=([\d.]+) loops=(\d+)\)(?:\n +Index.*)*(?:\n +Filter.*)?(?:\n +Rows Removed by Filter: (\d+))?", plan
    )
    return max((float(rows) + int(removed or 0)) * int(loops) for rows, loops, removed in nodes)


def test_a_failure_with_a_long_line_behind_it_is_a_short_statement(effects: Engine, relay: Relay) -> None:
    deliveries(effects, "'T-0NE0-0NE0', 0, clock_timestamp(), clock_timestamp()")
    with effects.begin() as connection:
        fail(connection, "triage", 1, ValueError("bad"))
        touched = connection.execute(
            text("select count(*) from events.deliveries where xmin = pg_current_xact_id()::xid")
        )
        assert touched.scalar_one() <= 201
    for _ in range(3):
        relay.round()
    assert due(effects) == 0  # the relay moved the rest


def test_a_worker_that_starts_makes_everything_in_flight_due(effects: Engine) -> None:
    deliveries(effects, "'T-' || number, 1, clock_timestamp() + interval '1 minute', clock_timestamp()")
    leases.make_due(effects, ["triage"])
    assert due(effects) == MANY


def test_what_backs_off_is_not_made_due(effects: Engine) -> None:
    later = "clock_timestamp() + interval '1 minute'"
    deliveries(effects, f"'T-' || number, 1, {later}, {later}")
    leases.make_due(effects, ["triage"])
    assert due(effects) == 0


def refuse(connection: Connection, subscriber: str) -> None:
    """Let every change of a subscriber's deliveries fail, as a broken index or disk page would."""
    connection.execute(
        text("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$")
    )
    connection.execute(
        text(
            "create trigger refuse before update on events.deliveries for each row"
            f" when (new.subscriber = '{subscriber}') execute function refuse()"
        )
    )


def test_one_subscribers_trouble_is_not_the_others(effects: Engine, settings: PlatformSettings, relay: Relay) -> None:
    relay.subscribers = ["intake", "notify", "triage"]
    relay.redis.set("intake", "not a list")
    with effects.begin() as connection:
        refuse(connection, "notify")
    try:
        (number,) = recorded(effects, an_event())
        with effects.begin() as connection:
            connection.execute(
                text("insert into events.deliveries (id, subscriber) values (:id, 'notify')"), {"id": number}
            )
        assert relay.round() == 1
        assert relay.redis.llen("triage") == 1
    finally:
        with effects.begin() as connection:
            connection.execute(text("drop function refuse cascade"))


def burst(connection: Connection, many: int) -> None:
    """As many deliveries for each of three subscribers, without their events."""
    insert = "insert into events.deliveries (id, subscriber, ticket) select n, :name, 'T-' || n from generate_series(1, :many) n"
    for name in ("notify", "intake", "triage"):
        connection.execute(text(f"{insert} on conflict do nothing"), {"name": name, "many": many})


def prepared(connection: Connection, name: str) -> str:
    """Prepare a statement as the relay's driver does, to be planned once for all parameters; returns how to execute it."""
    statement = getattr(leases, name).text
    numbered = (
        statement.replace(":subscriber", "$1").replace(":step", "$2").replace(":look", "$2").replace(":most", "200")
    )
    kept = f"kept_{next(KEPT)}"  # the session is another test's too
    connection.exec_driver_sql(f"prepare {kept} (text, bigint) as {numbered}")
    connection.execute(text("set local plan_cache_mode = 'force_generic_plan'"))
    return f"execute {kept} ('triage', 5200)"


@pytest.mark.parametrize("quiet", ["never vacuumed", "vacuumed", "vacuumed while nothing was there"])
@pytest.mark.parametrize("name", ["_LEASE", "_MOVE_BLOCKED"])
def test_a_plan_kept_from_a_quiet_moment_serves_a_burst(
    effects: Engine, leasing: Engine, name: str, quiet: str
) -> None:
    """Each delivery is looked up by ctid and by ticket, not among all of its subscriber."""
    with effects.begin() as connection:
        burst(connection, 100)
    with autocommit(effects) as connection:
        if quiet == "vacuumed while nothing was there":
            connection.execute(text("delete from events.deliveries"))
        if quiet != "never vacuumed":
            connection.execute(text("vacuum analyze events.deliveries"))
    with leasing.begin() as connection:
        execute = prepared(connection, name)
        connection.exec_driver_sql(f"explain {execute}").all()  # planned and kept here
        burst(connection, 20_000)
        plan = "\n".join(connection.exec_driver_sql(f"explain analyze {execute}").scalars())
    assert touched_at_most(plan) <= 2 * 5200, plan


def test_a_lease_reports_whether_it_passed_some_over(effects: Engine, leasing: Engine) -> None:
    recorded(effects, an_event("T-0NE0-0NE0"), an_event("T-0THR-0000"))
    assert not leases.lease(leasing, "triage", 10).passed_over
    recorded(effects, an_event("T-0NE0-0NE0"), an_event("T-0THR-0001"))
    leased = leases.lease(leasing, "triage", 10)
    assert (len(leased.deliveries), leased.passed_over) == (1, True), "one waits behind its ticket's first"
    assert leases.lease(leasing, "triage", 10).passed_over
