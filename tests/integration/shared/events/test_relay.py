"""The relay leases in order, commits, publishes; loses nothing when Redis or a consumer fails."""

import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, text

from local.servers.server import Server
from shared.events import leases
from shared.events.consumer import Consumer
from shared.events.messages import MessageFormat
from shared.events.relay import EPOCH_KEY, IDS_A_MESSAGE, MESSAGES_OUTSTANDING, Relay
from shared.runtime.celery_app import make_celery, queue
from shared.settings import PlatformSettings
from tests.integration.shared.events.conftest import an_event, delivery, effects_of, make_due, recorded, write_effect
from tests.polling import eventually


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def relay(effects: Engine, leasing: Engine, settings: PlatformSettings, redis: Redis) -> Relay:
    made = Relay(leasing, redis, ["triage"])
    made.round()  # the first round begins an epoch
    return made


def messages(redis: Redis, queue: str = "triage") -> list[list[int]]:
    """The ids of every message in a queue, oldest first."""
    bodies = (json.loads(raw)["body"] for raw in reversed(redis.lrange(queue, 0, -1)))
    return [json.loads(b64decode(body))[0][0] for body in bodies]


def test_what_is_recorded_is_published_as_ids_alone(relay: Relay, redis: Redis, effects: Engine) -> None:
    numbers = recorded(effects, an_event("T-0000-0001"), an_event("T-0000-0002"))
    assert relay.round() == 2
    assert messages(redis) == [numbers]
    assert relay.round() == 0  # they are in flight


def test_a_message_carries_a_bounded_number_of_ids(relay: Relay, redis: Redis, effects: Engine) -> None:
    recorded(effects, *[an_event(f"T-0000-{number:04}") for number in range(IDS_A_MESSAGE + 1)])
    relay.round()
    assert [len(ids) for ids in messages(redis)] == [IDS_A_MESSAGE, 1]


def test_only_a_tickets_first_delivery_travels(relay: Relay, redis: Redis, effects: Engine) -> None:
    first, second = recorded(effects, an_event(), an_event())
    relay.round()
    assert messages(redis) == [[first]]
    Consumer(effects, "triage", {"TicketWithdrawn": write_effect}).consume([first])
    relay.round()
    assert messages(redis) == [[first], [second]]


def test_a_parked_delivery_does_not_hold_up_those_behind_it(relay: Relay, redis: Redis, effects: Engine) -> None:
    first, second = recorded(effects, an_event(), an_event())
    with effects.begin() as connection:
        connection.execute(text("update events.deliveries set parked_at = now() where id = :id"), {"id": first})
    relay.round()
    assert messages(redis) == [[second]]


def test_an_event_recorded_behind_one_that_backs_off_waits_with_it(
    leasing: Engine, relay: Relay, redis: Redis, effects: Engine
) -> None:
    (head,) = recorded(effects, an_event())
    with effects.begin() as connection:
        connection.execute(
            text(
                "update events.deliveries set not_before = now() + interval '1 minute', due_at = now() + interval '1 minute'"
            )
        )
    (follower,) = recorded(effects, an_event())
    assert relay.round() == 0
    first, second = delivery(effects, head), delivery(effects, follower)
    assert first is not None
    assert second is not None
    assert second["due_at"] == first["not_before"]
    assert leases.due_subscribers(leasing, ["triage"]) == []


def test_events_without_a_ticket_have_no_order(relay: Relay, redis: Redis, effects: Engine) -> None:
    numbers = recorded(effects, an_event(None), an_event(None))
    relay.round()
    assert messages(redis) == [numbers]


def test_every_message_lost_every_event_handled(relay: Relay, redis: Redis, effects: Engine) -> None:
    numbers = recorded(effects, *[an_event(f"T-0000-{number:04}") for number in range(5)])
    for _ in range(3):
        assert relay.round() == 5
        redis.delete("triage")
        make_due(effects)
    relay.round()
    (*alone,) = messages(redis)
    assert alone == [[number] for number in numbers]  # what came back too often travels alone
    consumer = Consumer(effects, "triage", {"TicketWithdrawn": write_effect})
    assert sum(consumer.consume(ids) for ids in alone) == 5
    assert len(effects_of(effects)) == 5


def test_redelivery_waits_longer_after_three_sends(leasing: Engine, effects: Engine) -> None:
    (number,) = recorded(effects, an_event())
    waits = []
    for _ in range(13):
        leases.lease(leasing, "triage", 10)
        with effects.connect() as connection:
            waits.append(
                round(
                    connection.execute(
                        text(
                            "select extract(epoch from due_at - clock_timestamp()) from events.deliveries where id = :id"
                        ),
                        {"id": number},
                    ).scalar_one()
                )
            )
        make_due(effects)
    assert waits == [2, 2, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]


def test_the_backlog_waits_in_postgres(relay: Relay, redis: Redis, effects: Engine) -> None:
    for block in range(MESSAGES_OUTSTANDING + 3):
        recorded(effects, *[an_event(f"T-{block:04}-{number:04}") for number in range(IDS_A_MESSAGE)])
    while relay.round():
        pass
    assert redis.llen("triage") == MESSAGES_OUTSTANDING
    redis.rpop("triage")
    assert relay.round() == IDS_A_MESSAGE


def test_a_consumer_that_holds_rows_does_not_stop_the_relay(relay: Relay, redis: Redis, effects: Engine) -> None:
    held, free = recorded(effects, an_event("T-0000-0001"), an_event("T-0000-0002"))
    with effects.connect() as frozen:
        frozen.execute(text("select * from events.deliveries where id = :id for update"), {"id": held})
        assert relay.round() == 1
        assert messages(redis) == [[free]]
    assert relay.round() == 1


def test_two_relays_at_once_publish_each_delivery_once(
    leasing: Engine, effects: Engine, settings: PlatformSettings, redis: Redis, relay: Relay
) -> None:
    recorded(effects, *[an_event(f"T-0000-{number:04}") for number in range(300)])
    barrier = threading.Barrier(2)
    published: list[int] = []

    def relaying() -> None:
        other = Relay(leasing, redis, ["triage"])
        barrier.wait()
        published.append(other.round())

    threads = [threading.Thread(target=relaying) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(published) == 300
    ids = [number for message in messages(redis) for number in message]
    assert len(ids) == len(set(ids)) == 300


def test_an_emptied_redis_makes_everything_in_flight_due(relay: Relay, redis: Redis, effects: Engine) -> None:
    numbers = recorded(effects, an_event("T-0000-0001"), an_event("T-0000-0002"))
    relay.round()
    redis.flushall()
    eventually(lambda: relay.round() == 2)
    assert messages(redis) == [numbers]
    assert redis.get(EPOCH_KEY) is not None


def test_an_emptied_redis_leaves_back_off_alone(relay: Relay, redis: Redis, effects: Engine) -> None:
    (number,) = recorded(effects, an_event())
    with effects.begin() as connection:
        connection.execute(
            text(
                "update events.deliveries set sends = 1, not_before = now() + interval '1 minute', due_at = now() + interval '1 minute'"
            )
        )
    redis.flushall()
    eventually(lambda: relay.round() or redis.exists(EPOCH_KEY))
    assert relay.round() == 0
    row = delivery(effects, number)
    assert row is not None
    assert row["flying"]


def test_a_worker_that_starts_makes_due_what_is_in_flight(relay: Relay, redis: Redis, effects: Engine) -> None:
    recorded(effects, an_event("T-0000-0001"))
    relay.round()
    leases.make_due(effects, ["notify"])
    assert relay.round() == 0
    leases.make_due(effects, ["triage"])
    assert relay.round() == 1


def test_without_redis_nothing_is_leased_and_nothing_lost(
    leasing: Engine, own_redis: Server, effects: Engine, settings: PlatformSettings
) -> None:
    client = Redis.from_url(own_redis.url, socket_timeout=10, socket_connect_timeout=10)
    relay = Relay(leasing, client, ["triage"])
    (number,) = recorded(effects, an_event())
    own_redis.kill()
    with pytest.raises(RedisError):
        relay.round()
    row = delivery(effects, number)
    assert row is not None
    assert row["sends"] == 0


def test_a_failed_publish_takes_the_send_back_and_the_queue_rests(relay: Relay, redis: Redis, effects: Engine) -> None:
    """The relay knows the queue's length, but Redis is away when it publishes."""
    recorded(effects, an_event("T-0000-0001"))
    assert relay.round() == 1
    relay.redis = Redis.from_url("redis://127.0.0.1:9/0")
    (number,) = recorded(effects, an_event("T-0000-0002"))
    assert relay.round() == 0
    row = delivery(effects, number)
    assert row is not None
    assert (row["sends"], row["flying"]) == (0, False)
    assert relay.round() == 0  # the queue rests for half a second


@pytest.mark.parametrize(
    ("subscriber", "task", "arguments"),
    [("triage", "triage.consume", [[1, 2]]), ("team.ads", "teams.consume", [[1, 2], "team.ads"])],
)
def test_a_message_is_what_celery_would_send(
    redis: Redis, settings: PlatformSettings, subscriber: str, task: str, arguments: list[object]
) -> None:
    given = {"args": arguments, "queue": queue(subscriber), "retry": False, "argsrepr": "", "kwargsrepr": ""}
    make_celery(settings).send_task(task, **given)
    celerys, ours = json.loads(redis.rpop(subscriber)), json.loads(MessageFormat().message(subscriber, [1, 2]))  # type: ignore[arg-type]
    assert b64decode(celerys.pop("body")) == b64decode(ours.pop("body"))
    differing = {
        "id",
        "root_id",
        "correlation_id",
        "delivery_tag",
        "reply_to",
        "ignore_result",
        "argsrepr",
        "kwargsrepr",
    }
    for part in ("headers", "properties"):
        mine, theirs = ours.pop(part), celerys.pop(part)
        assert mine.keys() | differing == theirs.keys() | differing
        assert {name: theirs[name] for name in theirs.keys() - differing} == {
            name: mine[name] for name in mine.keys() - differing
        }
    assert ours == celerys


def test_a_ticks_message_expires_as_celerys_does(redis: Redis, settings: PlatformSettings) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=1)
    make_celery(settings).send_task("slow.tick", queue=queue("slow"), expires=moment, retry=False)
    celerys = json.loads(redis.rpop("slow"))  # type: ignore[arg-type]
    ours = json.loads(MessageFormat().task_message("slow", "slow.tick", expires=moment))
    assert ours["headers"]["expires"] == celerys["headers"]["expires"]
    assert b64decode(ours["body"]) == b64decode(celerys["body"])
