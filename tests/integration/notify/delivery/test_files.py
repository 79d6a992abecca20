"""The files of an agent's message go along with its e-mail, or its text links to the page that has them."""

from collections.abc import Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import uuid4

import pytest

from services.notify.delivery.mailing import Mailing, make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.settings import NotifySettings
from shared.events.contracts import Event, evidence_requested, ticket_answered, ticket_disapproved, ticket_resolved
from shared.storage.object_store import ObjectStore, new_object_name
from shared.ticket_keys import mailed_url
from tests.faults.notify.peer import Peer, Script
from tests.integration.notify.ledger import Ledger, submission
from tests.samples import files

MEBIBYTE = 1024 * 1024
ABOUT = {"team": "account", "state": "waiting", "category": "account/content-removed", "key_number": 1, "by": "Ada"}


@pytest.fixture
def store(notify_settings: NotifySettings) -> ObjectStore:
    made = ObjectStore(notify_settings)
    made.ensure_bucket()
    return made


def put(store: ObjectStore, body: bytes, size: int | None = None) -> dict[str, Any]:
    """A file in the store, as events carry it."""
    name = new_object_name("uploads")
    store.put(name, body, "application/pdf")
    told = {"size": len(body) if size is None else size, "sha256": "0" * 64, "state": "not_scanned"}
    return {"id": str(uuid4()), "object": name, "media_type": "application/pdf", **told}


def message_with(attached: Sequence[dict[str, Any]], kind: str = "reply", locale: str = "en") -> Event:
    """An agent's message; its files are called 0.pdf, 1.pdf …"""
    names = {file["id"]: f"{number}.pdf" for number, file in enumerate(attached)}
    payload = {**ABOUT, "locale": locale, "entry": 1, "attachments": list(attached)}
    personal = {"email": "a@example.com", "name": None, "subject": None, "message": "See.", "attachment_names": names}
    ticket = str(submission().ticket)
    return {
        "reply": lambda: ticket_answered(ticket, "c", {**payload, "then": "wait"}, personal),
        "information_request": lambda: evidence_requested(
            ticket, "c", {**payload, "evidence": ["screenshot"], "reminder": False}, personal
        ),
        "disapproval": lambda: ticket_disapproved(
            ticket, "c", {**payload, "reasons": ["still_violates_policy"]}, personal
        ),
        "resolution": lambda: ticket_resolved(ticket, "c", {**payload, "outcome": "solved"}, personal),
    }[kind]()


def page_of(ledger: Ledger, event: Event) -> str:
    """The link to the ticket's page that only our e-mails have."""
    return mailed_url(ledger.settings.intake_url, ledger.settings.secret, str(event.ticket), 1)


class Received:
    """A mail as its recipient sees it."""

    def __init__(self, content: bytes) -> None:
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.type = message.get_content_type()
        self.files = [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]
        plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
        assert plain is not None
        assert html is not None
        self.text, self.html = (each.get_content().replace("\r\n", "\n") for each in (plain, html))


class Sending:
    """Sends what is due to a server that is asked with `script`."""

    def __init__(self, ledger: Ledger, script: Script = lambda stage, recipient, n: None) -> None:
        self.ledger = ledger
        self.peer = Peer(script)

    def __call__(self, mailing: Mailing | None = None) -> list[Received]:
        used = mailing or make_mailing(replace(self.ledger.settings, smtp_url=self.peer.url))
        send_due_emails(self.ledger.engine, used, 30)
        self.peer.close()
        return [Received(body) for body in self.peer.bodies]


@pytest.mark.parametrize("kind", ["reply", "information_request", "disapproval", "resolution"])
def test_files_go_along_with_the_email(ledger: Ledger, store: ObjectStore, kind: str) -> None:
    event = message_with([put(store, files.PDF), put(store, b"%PDF-2")], kind)
    ledger.arrive(event)
    [row] = ledger.emails()
    assert [(file["name"], file["size"]) for file in row["attachments"]] == [("0.pdf", len(files.PDF)), ("1.pdf", 6)]
    [mail] = Sending(ledger)()
    assert mail.type == "multipart/mixed"
    assert mail.files == [("0.pdf", files.PDF), ("1.pdf", b"%PDF-2")]
    assert "* 0.pdf\n* 1.pdf\n" in mail.text
    assert mail.text.count(page_of(ledger, event)) == 2
    assert ledger.states() == ["sent"]


def test_files_of_a_submission_are_not_sent_back(ledger: Ledger, store: ObjectStore) -> None:
    ledger.arrive(submission(attachments=[put(store, files.PDF)]))
    [mail] = Sending(ledger)()
    assert (mail.type, mail.files) == ("multipart/alternative", [])
    assert ledger.emails()[0]["attachments"] is None


@pytest.mark.parametrize(("locale", "words"), [("en", "You find the files"), ("sv", "Filerna till det här mejlet")])
def test_above_seven_mebibytes_it_links_to_the_page(
    ledger: Ledger, store: ObjectStore, locale: str, words: str
) -> None:
    parts = [put(store, b"x" * MEBIBYTE) for _ in range(7)]
    one_more = [*parts[:6], put(store, b"x" * (MEBIBYTE + 1))]
    events = message_with(parts, locale=locale), message_with(one_more, locale=locale)
    for event in events:
        ledger.arrive(event)
    whole, linked = Sending(ledger)()
    assert [len(body) for _, body in whole.files] == [MEBIBYTE] * 7
    assert linked.files == []
    for mail, event in zip((whole, linked), events, strict=True):
        assert words in mail.text
        assert words in mail.html
        assert "* 6.pdf" in mail.text
        assert mail.text.count(page_of(ledger, event)) == 2
        assert mail.html.count(page_of(ledger, event)) == 3


def test_files_that_grew_above_seven_mebibytes_are_linked(ledger: Ledger, store: ObjectStore) -> None:
    """The clean copy of an image may be larger than what was sent."""
    ledger.arrive(message_with([put(store, b"x" * (7 * MEBIBYTE + 1), size=MEBIBYTE)]))
    [mail] = Sending(ledger)()
    assert mail.files == []


@pytest.mark.parametrize(("size", "attached"), [("", 1), (" 0", 1), (" 20000000", 1), (" 100000", 0), (" x", 1)])
def test_a_server_with_a_lower_bound_gets_links(ledger: Ledger, store: ObjectStore, size: str, attached: int) -> None:
    ledger.arrive(message_with([put(store, b"x" * 100_000)]))

    def script(stage: str, recipient: str, visit: int) -> str | None:
        return f"250-peer\r\n250-PIPELINING\r\n250 SIZE{size}" if stage == "EHLO" else None

    [mail] = Sending(ledger, script)()
    assert len(mail.files) == attached
    assert "* 0.pdf" in mail.text


def test_an_email_waits_for_its_files_and_holds_up_no_other(ledger: Ledger, store: ObjectStore) -> None:
    lost = {**put(store, b"x"), "object": new_object_name("uploads")}
    ledger.arrive(message_with([lost]))
    ledger.arrive(message_with([]))
    [mail] = Sending(ledger)()
    assert mail.files == []
    assert ledger.states() == ["deferred", "sent"]
    [attempt] = [each for each in ledger.attempts() if each["outcome"] == "deferred"]
    assert attempt["stage"] == "files"
    store.put(lost["object"], b"found", "application/pdf")
    ledger.due_now()
    [mail] = Sending(ledger)()
    assert mail.files == [("0.pdf", b"found")]
    assert ledger.states() == ["sent", "sent"]


def test_a_store_that_is_away_delays_the_email(ledger: Ledger, store: ObjectStore) -> None:
    ledger.arrive(message_with([put(store, files.PDF)]))
    sending = Sending(ledger)
    away = replace(ledger.settings, smtp_url=sending.peer.url, s3_url="http://127.0.0.1:9")
    assert sending(make_mailing(away)) == []
    assert ledger.states() == ["deferred"]
    ledger.due_now()
    [mail] = Sending(ledger)()
    assert mail.files == [("0.pdf", files.PDF)]


def test_a_store_that_is_away_tells_nothing_about_a_server_that_is(ledger: Ledger, store: ObjectStore) -> None:
    ledger.arrive(message_with([put(store, files.PDF)]))
    away = replace(ledger.settings, smtp_url="smtp://127.0.0.1:9", s3_url="http://127.0.0.1:9")
    for _ in range(2):
        send_due_emails(ledger.engine, make_mailing(away), 30)
        assert ledger.states() == ["queued"]
        assert ledger.breaker_because() is not None
        ledger.due_now()
