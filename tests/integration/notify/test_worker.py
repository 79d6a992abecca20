"""notify's tasks: from the delivery's id to the mail in the mailbox."""

import email
import time
from collections.abc import Iterator, Sequence
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import text

from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.delivery.sender_threads import SenderThreads
from services.notify.handlers import handlers_of
from services.notify.settings import NotifySettings
from services.notify.worker import register
from shared.events.subscriptions import SUBSCRIPTIONS
from shared.runtime.celery_app import make_celery
from tests.integration.notify.ledger import Ledger, submission
from tests.polling import eventually


@pytest.fixture
def senders(ledger: Ledger, notify_settings: NotifySettings) -> Iterator[SenderThreads]:
    """The threads of a worker, which stop with the test."""
    made = SenderThreads(ledger.engine, make_mailing(notify_settings))
    made.start()
    yield made
    made.stop(10.0)


def consume(settings: NotifySettings, deliveries: Sequence[int]) -> None:
    celery = make_celery(settings)
    register(celery, settings)
    celery.tasks["notify.consume"].apply(args=[deliveries])


def test_a_delivery_becomes_a_mail_in_the_mailbox(
    ledger: Ledger, notify_settings: NotifySettings, senders: SenderThreads, maildir: Path
) -> None:
    event = submission("requester@example.com", locale="sv")
    consume(notify_settings, ledger.record(event))
    senders.wake()
    eventually(lambda: ledger.states() == ["sent"])
    (file,) = (maildir / "new").iterdir()
    mail = email.message_from_bytes(file.read_bytes(), policy=default)
    body = mail.get_body(("plain",))
    assert (mail["To"], mail["X-RcptTo"]) == ("requester@example.com", "requester@example.com")
    assert mail["X-MailFrom"] == ledger.emails()[0]["envelope_from"]
    assert body is not None
    assert f"/t/{event.ticket}?key=" in body.get_content()


def test_what_becomes_due_wakes_no_thread_and_is_sent(
    ledger: Ledger, notify_settings: NotifySettings, senders: SenderThreads
) -> None:
    for number in range(3):
        consume(notify_settings, ledger.record(submission(f"requester{number}@example.com")))
    eventually(lambda: ledger.states() == ["sent"] * 3)


def test_a_dead_senders_email_is_sent_in_a_run_that_goes_on(ledger: Ledger, notify_settings: NotifySettings) -> None:
    for number in range(2):
        consume(notify_settings, ledger.record(submission(f"requester{number}@example.com")))
    with ledger.engine.begin() as connection:
        connection.execute(
            text(
                "update notify.emails set state = 'sending', owner = 1, leased_until = now() + interval '10 minutes'"
                " where recipient = 'requester0@example.com'"
            )
        )
    deadline = time.monotonic() + 30

    def more_soon() -> bool:
        return time.monotonic() < deadline and ledger.states() != ["sent"] * 2

    send_due_emails(ledger.engine, make_mailing(notify_settings), 60.0, more_soon=more_soon)
    assert ledger.states() == ["sent"] * 2


def test_every_event_that_notify_subscribes_to_has_a_handler(ledger: Ledger) -> None:
    subscribed = {kind for kind, subscribers in SUBSCRIPTIONS.items() if "notify" in subscribers}
    assert subscribed <= set(handlers_of(ledger.deps))
