"""Every option of the Celery app that the promises lean on; shared/runtime/celery_app.py says why each."""

import pytest

from shared.runtime.celery_app import make_celery, queue
from shared.settings import PlatformSettings, read

SETTINGS = read(
    PlatformSettings,
    {
        "VIDARE_DATABASE_URL": "postgresql://h/d",
        "VIDARE_REDIS_URL": "redis://127.0.0.1:1/0",
        "VIDARE_SECRET": "sixteen characters",
    },
)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("broker_transport", "shared.runtime.broker:Transport"),
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", False),
        ("worker_prefetch_multiplier", 1),
        ("task_serializer", "json"),
        ("accept_content", ["json"]),
        ("task_ignore_result", True),
        ("result_backend", None),
        ("worker_enable_remote_control", False),
        ("worker_send_task_events", False),
        ("task_send_sent_event", False),
        ("broker_connection_max_retries", None),
        ("broker_connection_retry_on_startup", True),
        ("task_create_missing_queues", False),
    ],
)
def test_option(option: str, value: object) -> None:
    assert make_celery(SETTINGS).conf[option] == value


def test_time_limits_are_set_and_ordered() -> None:
    conf = make_celery(SETTINGS).conf
    assert 0 < conf.task_soft_time_limit < conf.task_time_limit


@pytest.mark.parametrize("option", ["socket_timeout", "socket_connect_timeout", "health_check_interval"])
def test_redis_is_never_waited_for_without_end(option: str) -> None:
    assert make_celery(SETTINGS).conf.broker_transport_options[option] > 0


def test_queues_need_no_binding_in_redis() -> None:
    made = queue("triage")
    assert (made.exchange.name, made.routing_key) == ("", "triage")
