"""Scenes between the services: the relay, and every consumer."""

from collections.abc import Sequence
from typing import Any

from redis import Redis

from shared.events.contracts import Event, mail_received, ticket_routed, ticket_withdrawn
from shared.events.log import record
from tests.faults.crashes.scenario import DROP_TRIGGER, Scenario, World
from tests.integration.notify.ledger import submission
from tests.integration.triage.conftest import submitted

ROUTED = {"team": "ads", "state": "open", "priority": "normal", "tags": [], "ruleset": 1, "respond_by": None}
CONSUMED = ("consumer.handled", "consumer.finished", "consumer.committed")


def recorded(world: World, *events: Event) -> None:
    with world.engine.begin() as connection:
        record(connection, events)


def due_events(world: World) -> Sequence[Any]:
    """Two of one ticket, so that one waits behind the other, and two more."""
    recorded(world, ticket_withdrawn("T-0000-0001", "c"), submitted(), submitted())
    recorded(world, ticket_withdrawn("T-0000-0001", "c"))
    with Redis.from_url(world.environment["VIDARE_REDIS_URL"]) as redis:
        redis.flushall()
    return ()


def for_triage(world: World) -> Sequence[Any]:
    recorded(world, *(submitted() for _ in range(3)))
    return "triage", "triage"


def for_notify(world: World) -> Sequence[Any]:
    recorded(world, submission("one@example.com"), submission("two@example.com"))
    return "notify", "notify"


def for_intake(world: World) -> Sequence[Any]:
    world.store.put("mail/one", b"x", "message/rfc822")
    reply = {"object": "mail/one", "size": 1, "kind": "unreadable", "reply_to": None}
    recorded(world, ticket_routed("T-0000-0001", "c", ROUTED), mail_received(None, "c", reply))
    return "intake", "intake"


def for_a_team(world: World) -> Sequence[Any]:
    world.sql("insert into triage.webhooks (team, url, secret, created_by) values ('ads', 'http://x', 's', 'x')")
    recorded(world, *(submitted("ads/metrics") for _ in range(2)))
    world.do("consume", "triage", "triage")
    return "team.ads", "triage"


def one_that_cannot_be_handled(world: World) -> Sequence[Any]:
    """Its type is unknown: it is parked at once, and the others are handled."""
    recorded(world, submitted(), submitted())
    world.sql(
        "with made as (insert into events.log (event_id, type, version, correlation_id, payload)"
        " values (gen_random_uuid(), 'Unheard', 1, 'c', '{}') returning id)"
        " insert into events.deliveries (id, subscriber) select id, 'triage' from made"
    )
    return "triage", "triage"


def one_that_came_back(world: World) -> Sequence[Any]:
    recorded(world, submitted())
    world.sql("update events.deliveries set sends = 5")
    return "triage", "triage"


def one_that_kills(world: World) -> Sequence[Any]:
    recorded(world, submitted())
    world.sql("update events.deliveries set sends = 20, solo_starts = 9")
    return "triage", "triage"


def one_that_postgres_ends(world: World) -> Sequence[Any]:
    """A serialization failure, which is transient."""
    world.sql(
        "create function public.ends_it() returns trigger language plpgsql as"
        " $$ begin raise exception using errcode = '40001'; end $$"
    )
    world.sql("create trigger ends_it before insert on triage.tickets for each row execute function public.ends_it()")
    return one_that_came_back(world)


def repair_postgres(world: World) -> None:
    world.sql(DROP_TRIGGER)
    world.let_time_pass()
    world.do("consume", "triage", "triage")


def relay_again(world: World) -> None:
    world.let_time_pass()
    world.do("relay")


SCENARIOS = (
    Scenario(
        "events to relay to an empty Redis",
        (
            "events.made_due",
            "relay.epoch_begun",
            "relay.leased",
            "relay.published",
            "relay.blocked_moved",
        ),
        due_events,
        "relay",
    ),
    Scenario(
        "events to relay to a Redis that goes away",
        ("relay.released",),
        due_events,
        "relay_without_broker",
        afterwards=relay_again,
        traceless=True,
    ),
    Scenario("triage consumes submissions", CONSUMED, for_triage, "consume"),
    Scenario("notify consumes submissions", CONSUMED, for_notify, "consume"),
    Scenario("intake consumes routed tickets and mails", CONSUMED, for_intake, "consume"),
    Scenario("a team consumes tickets", CONSUMED, for_a_team, "consume"),
    Scenario(
        "one event of a batch cannot be handled",
        ("consumer.committed", "consumer.failure_counted"),
        one_that_cannot_be_handled,
        "consume",
    ),
    Scenario(
        "an event that came back too often",
        ("consumer.solo_marked", "consumer.handled", "consumer.finished", "consumer.solo_committed"),
        one_that_came_back,
        "consume",
    ),
    Scenario("an event that its workers died of", ("consumer.dead_parked",), one_that_kills, "consume"),
    Scenario(
        "an attempt that PostgreSQL ends",
        ("consumer.solo_unmarked",),
        one_that_postgres_ends,
        "consume",
        afterwards=repair_postgres,
        traceless=True,
    ),
)
