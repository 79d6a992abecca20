"""The work of processes that may die: our own code with the settings of the environment, called as in production."""

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import Any

from flask import Flask
from redis import Redis
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from services.intake.app import create_app as intake
from services.intake.deps import bootstrap
from services.intake.help_funnel.count_steps import HelpStep
from services.intake.help_funnel.recorder import FunnelRecorder
from services.intake.inbound_mail.process import handle_mails
from services.intake.settings import IntakeSettings
from services.notify.app import create_app as notify
from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.deps import Deps as NotifyDeps
from services.notify.inbound.classify_mail import Arrival
from services.notify.inbound.receive_mail import receive_mail
from services.notify.settings import NotifySettings
from services.triage.app import create_app as triage
from services.triage.webhooks.send_due_calls import send_due_calls
from shared.attachments.sniff import self_test
from shared.catalog.loader import load
from shared.events import leases
from shared.events.relay import make_relay
from shared.events.subscriptions import task_call
from shared.runtime.celery_app import make_celery
from shared.runtime.processes import SERVICES, settings_of
from shared.settings import PlatformSettings, read
from shared.storage.database import make_engine
from shared.storage.object_store import ObjectStore
from tests.polling import eventually
from tests.samples import files

APPS: dict[str, Callable[[], Flask]] = {"intake": intake, "triage": triage, "notify": notify}


def warm_up() -> None:
    """Load what a process loads at its start."""
    for service in SERVICES:
        import_module(f"services.{service}.worker")
    load()
    self_test()


def _engine() -> Engine:
    return make_engine(read(PlatformSettings), application="doomed")


def _celery(service: str) -> Any:
    celery = make_celery(read(PlatformSettings))
    import_module(f"services.{service}.worker").register(celery, settings_of(service))
    return celery


def post(service: str, path: str, body: dict[str, Any], headers: dict[str, str], with_file: bool) -> dict[str, Any]:
    """A client's request, JSON or a form; returns its answer."""
    given: dict[str, Any] = {"data": body | {"attachment": (io.BytesIO(files.png()), "a.png")}} if with_file else {}
    if not given:
        given = {"data": body} if "html" in headers.get("Accept", "") else {"json": body}
    answer = APPS[service]().test_client().post(path, headers=headers, **given)
    return {"status": answer.status_code, "body": answer.get_json(silent=True)}


def put_participants(reference: str, body: dict[str, Any], headers: dict[str, str]) -> int:
    """An agent sets a ticket's participants; returns the status of the answer."""
    return triage().test_client().put(f"/v1/tickets/{reference}/participants", headers=headers, json=body).status_code


def tasks(*names: str) -> None:
    """Celery tasks without arguments, as beat sends them."""
    for name in names:
        _celery(name.split(".")[0]).tasks[name]()


def send_emails() -> None:
    """A sender of notify sends what is due."""
    settings = read(NotifySettings)
    send_due_emails(_engine(), make_mailing(settings), 60.0)


def consume(subscriber: str, service: str, rounds: int = 1) -> None:
    """A worker starts and receives its subscriber's deliveries."""
    engine, celery = _engine(), _celery(service)
    for _ in range(rounds):
        with engine.begin() as connection:  # none waits for others to travel with
            connection.execute(text("update events.deliveries set due_at = clock_timestamp() where sends = 0"))
        leases.make_due(engine, [subscriber])
        ids = [leased.id for leased in leases.lease(engine, subscriber, 100).deliveries]
        task, arguments = task_call(subscriber, ids)
        celery.tasks[task](*arguments)


def relay() -> None:
    """Two rounds of a relay."""
    made = make_relay(read(PlatformSettings))
    made.round()
    made.round()


def relay_without_broker() -> None:
    """A relay that knows the lengths of the queues, and then cannot publish."""
    made = make_relay(read(PlatformSettings))
    made.round()
    leases.make_due(made.engine, ["triage"])
    made.redis = Redis.from_url("redis://127.0.0.1:9/0")
    made.round()


def receive(sender: str, recipient: str, content: str) -> str:
    """Receive a mail; returns the reply to its sender once it is stored."""
    settings = read(NotifySettings)
    deps = NotifyDeps(settings, _engine(), ObjectStore(settings))
    receive_mail(deps, Arrival(sender, recipient, content.encode()))
    return "250"


def read_mails(category: str) -> None:
    """The reader of mails, while their category has required fields since a change of the catalogue."""
    deps = bootstrap(read(IntakeSettings), application="vidare-crash-test", pool_size=3)
    handle_mails(replace(deps, mail_category=category), lambda: True)


def count_step(path: str) -> None:
    """A visitor opens a help topic."""
    engine = _engine()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        counted = text("select sum(count) from intake.help_counts")
        before = int(connection.execute(counted).scalar() or 0)
        FunnelRecorder(engine).count(HelpStep("shown", path, "192.0.2.1", uuid7().hex))
        eventually(lambda: int(connection.execute(counted).scalar() or 0) > before or None)


def webhooks(team: str) -> None:
    """The team's due calls."""
    send_due_calls(_engine(), team, True, lambda: True)


def replay(number: str) -> None:
    """A replay in chunks; the one that cannot be done has no document."""
    _chunks("triage.ring_replays", "triage.replay_chunk", "triage.replays", number, AttributeError)


def bulk(number: str) -> None:
    """A bulk in chunks; the one that cannot be done has an unknown kind."""
    _chunks("triage.send_bulk_chunks", "triage.bulk_chunk", "triage.bulks", number, KeyError)


def _chunks(tick: str, task: str, table: str, number: str, fails_with: type[Exception]) -> None:
    """The tick finds the row silent and sends its task; run the tasks until it is complete."""
    celery, engine = _celery("triage"), _engine()
    celery.tasks[tick]()
    with engine.connect() as connection:
        state = text(f"select state, step from {table} where id = cast(:id as uuid)")
        while (row := connection.execute(state, {"id": number}).one()).state in ("queued", "running"):
            connection.rollback()
            with suppress(fails_with):
                celery.tasks[task](number, row.step)
