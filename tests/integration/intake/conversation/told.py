"""What agents write, as triage records it, and intake's consumer."""

from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.intake.handlers import HANDLERS, SUBSCRIBER
from shared.events.consumer import Consumer
from shared.events.contracts import (
    Event,
    evidence_requested,
    ticket_answered,
    ticket_disapproved,
    ticket_resolved,
    ticket_state_changed,
)
from shared.events.log import record
from shared.ticket_keys import mailed_key, receipt_key

SECRET = "a-secret-of-the-tests-alone"
ENTRY = {
    "id",
    "reference",
    "kind",
    "at",
    "author",
    "text",
    "quoted",
    "html",
    "automatic",
    "attachments",
    "email",
    "source",
}

RECORDERS = {
    "reply": ticket_answered,
    "information_request": evidence_requested,
    "disapproval": ticket_disapproved,
    "resolution": ticket_resolved,
}
OF_THEIR_OWN: dict[str, dict[str, Any]] = {
    "reply": {"then": "wait"},
    "information_request": {"evidence": ["removed_link"], "reminder": False},
    "disapproval": {"reasons": ["excessive_hashtags"]},
    "resolution": {"outcome": "solved"},
}


def written(reference: str, kind: str = "reply", message: str | None = "We have **reset** it.", **more: Any) -> Event:
    """The event of an agent's action; `more` goes into the payload, `names` of files into the personal part."""
    names = more.pop("names", {})
    payload = {
        "team": "account",
        "state": "waiting",
        "category": "account/login",
        "locale": "en",
        "key_number": 1,
        "by": "Ada Lovelace",
        "person": True,
        "entry": 7,
        "attachments": [],
        **OF_THEIR_OWN[kind],
        **more,
    }
    personal = {
        "email": "ann@example.com",
        "name": None,
        "subject": None,
        "message": message,
        "attachment_names": names,
        "quoted": "I cannot log in.",
        "participants": [],
    }
    return RECORDERS[kind](reference, "c", payload, personal)


def state(reference: str, state: str, **more: Any) -> Event:
    """The event of a ticket's new state."""
    return ticket_state_changed(reference, "c", {"state": state, "team": "account", "respond_by": None, **more})


def file_of(**given: Any) -> dict[str, Any]:
    """A file as events carry it."""
    return {
        "id": str(uuid4()),
        "object": f"uploads/{uuid4().hex}",
        "media_type": "image/png",
        "size": 3,
        "sha256": "0" * 64,
        "state": "clean",
        **given,
    }


def deliver(engine: Engine, *events: Event) -> list[int]:
    """Record the events, and have intake handle everything that waits for it; returns their numbers."""
    with engine.begin() as connection:
        numbers = record(connection, events)
    with engine.connect() as connection:
        waiting = "select id from events.deliveries where subscriber = 'intake' order by id"
        due = list(connection.execute(text(waiting)).scalars())
    Consumer(engine, SUBSCRIBER, HANDLERS).consume(due)
    return numbers


def recorded(engine: Engine, kind: str) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Payload and personal part of the recorded events of a type."""
    with engine.connect() as connection:
        query = text("select payload, personal from events.log where type = :kind order by id")
        return [(row.payload, row.personal) for row in connection.execute(query, {"kind": kind})]


def mailed(reference: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {mailed_key(SECRET, reference, 1)}"}


def receipt(reference: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {receipt_key(SECRET, reference, 1)}"}


def conversation(client: FlaskClient, reference: str, key: dict[str, str]) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/tickets/{reference}", headers=key)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    entries: list[dict[str, Any]] = answer.json["conversation"]
    assert all(set(entry) == ENTRY for entry in entries)
    return entries
