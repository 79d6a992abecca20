"""notify's tasks: from the delivery's id to the mail in the mailbox."""

import email
from email.policy import default
from pathlib import Path

from celery import Celery
from redis import Redis

from services.notify.handlers import handlers_of
from services.notify.settings import NotifySettings
from services.notify.worker import SEND, register
from shared.events.contracts import SUBSCRIPTIONS
from shared.runtime.celery_app import make_celery
from tests.integration.notify.ledger import Ledger, submission


def registered(settings: NotifySettings) -> Celery:
    celery = make_celery(settings, ("notify", SEND))
    register(celery, settings)
    return celery


def test_a_delivery_becomes_a_mail_in_the_mailbox(
    ledger: Ledger, notify_settings: NotifySettings, maildir: Path, redis_url: str
) -> None:
    celery = registered(notify_settings)
    event = submission("requester@example.com", locale="sv")
    celery.tasks["notify.consume"].apply(args=[ledger.record(event)])
    with Redis.from_url(redis_url) as redis:
        assert redis.llen(SEND) >= 1, "the sender is woken"
    celery.tasks[SEND].apply()
    assert ledger.states() == ["sent"]
    (file,) = (maildir / "new").iterdir()
    mail = email.message_from_bytes(file.read_bytes(), policy=default)
    body = mail.get_body(("plain",))
    assert (mail["To"], mail["X-RcptTo"]) == ("requester@example.com", "requester@example.com")
    assert mail["X-MailFrom"] == ledger.emails()[0]["envelope_from"]
    assert body is not None
    assert f"/t/{event.ticket}?key=" in body.get_content()


def test_the_tick_goes_to_the_senders_queue_and_expires(notify_settings: NotifySettings) -> None:
    tick = registered(notify_settings).conf.beat_schedule[SEND]
    assert (tick["options"]["queue"].name, tick["options"]["expires"]) == (SEND, 1.0)
    assert tick["schedule"] == 1.0


def test_every_event_that_notify_subscribes_to_has_a_handler(ledger: Ledger) -> None:
    subscribed = {kind for kind, subscribers in SUBSCRIPTIONS.items() if "notify" in subscribers}
    assert subscribed <= set(handlers_of(ledger.deps))
