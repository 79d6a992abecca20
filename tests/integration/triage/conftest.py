"""Tickets that reach triage by recorded events and its own consumer; people who call its API."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from services.triage.app import create_app
from services.triage.handlers import triage_handlers
from services.triage.rulesets.stored import StoredRulesets
from services.triage.settings import TriageSettings
from shared.auth.blocked_senders import blocked_among, sender_of
from shared.auth.principal import Principal, Role
from shared.auth.tokens import make_token
from shared.auth.users import make_user
from shared.catalog import load
from shared.events.consumer import Consumer
from shared.events.contracts import Event, ticket_followed_up, ticket_submitted, ticket_withdrawn
from shared.events.log import record
from shared.settings import DEFAULT_TEAMS, read
from shared.ticket_keys import new_reference


def person(role: Role = "agent", *teams: str, name: str = "Ada") -> Principal:
    """A principal with these teams."""
    return Principal(uuid4(), name, f"{name.lower()}@example.com", role, frozenset(teams))


class Triage:
    """triage's consumer on the test database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.rulesets = StoredRulesets(load(), DEFAULT_TEAMS)
        self.consumer = Consumer(engine, "triage", triage_handlers(self.rulesets, reservation_minutes=30))

    def record(self, *events: Event) -> list[int]:
        with self.engine.begin() as connection:
            return record(connection, events)

    def take(self, *events: Event) -> int:
        """Record events and let triage handle them; returns how many it handled."""
        return self.consumer.consume(self.record(*events))

    def submit(self, category: str = "ads/metrics", **given: Any) -> str:
        """Submit and route a ticket, blocked if its sender is. Returns its reference."""
        event = submitted(category, **given)
        with self.engine.connect() as connection:
            if blocked_among(connection, [sender_of(event.personal or {})]):
                event = replace(event, payload={**event.payload, "blocked": True})
        assert self.take(event) == 1
        return str(event.ticket)

    def follow_up(self, reference: str, missing: list[str] | None = None, **given: Any) -> int:
        payload: dict[str, Any] = {
            "follow_up": str(uuid4()),
            "attachments": [],
            "missing_evidence": missing or [],
            "filled": [],
        }
        personal: dict[str, Any] = {"message": "Here is more.", "details": {}, "attachment_names": {}}
        payload |= {name: given[name] for name in payload if name in given}
        personal |= {name: given[name] for name in personal if name in given}
        return self.take(ticket_followed_up(reference, "c", payload, personal))

    def withdraw(self, reference: str) -> int:
        return self.take(ticket_withdrawn(reference, "c"))

    def rows(self, sql: str, **parameters: Any) -> list[Any]:
        with self.engine.begin() as connection:
            result = connection.execute(text(sql), parameters)
            return list(result.all()) if result.returns_rows else []

    def ticket(self, reference: str) -> Any:
        return self.rows("select * from triage.tickets where reference = :reference", reference=reference)[0]

    def timeline(self, reference: str) -> list[str]:
        rows = self.rows("select kind from triage.timeline where ticket = :ticket order by id", ticket=reference)
        return [row.kind for row in rows]

    def told(self, reference: str, kind: str) -> list[dict[str, Any]]:
        """The payloads of the events of a kind that were recorded about a ticket."""
        rows = self.rows(
            "select payload from events.log where ticket = :ticket and type = :kind order by id",
            ticket=reference,
            kind=kind,
        )
        return [row.payload for row in rows]


def submitted(category: str = "ads/metrics", **given: Any) -> Event:
    """A TicketSubmitted event as intake records it."""
    payload: dict[str, Any] = {
        "category": category,
        "locale": "en",
        "platform": "web",
        "country": None,
        "key_number": 1,
        "missing_evidence": [],
        "cannot_provide": [],
        "attachments": [],
        "details_codes": {},
        "earlier_tickets": [],
        "submitted_at": datetime.now(UTC).isoformat(),
        "catalog": 1,
    }
    personal: dict[str, Any] = {
        "email": "anna@example.com",
        "name": "Anna",
        "username": None,
        "subject": "A question",
        "message": "How does this work?",
        "details": {},
        "attachment_names": {},
    }
    payload |= {name: given[name] for name in payload if name in given}
    personal |= {name: given[name] for name in personal if name in given}
    return ticket_submitted(given.get("reference") or new_reference(), "c", payload, personal)


class Caller:
    """One person's calls to the API."""

    def __init__(self, app: Flask, token: str, name: str, email: str = "") -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"}
        self.name = name
        self.email = email

    def __call__(self, method: str, path: str, body: Any = None) -> TestResponse:
        return self.client.open(path, method=method, json=body, headers=self.headers)

    def get(self, path: str, status: int = 200) -> Any:
        answer = self("GET", path)
        assert answer.status_code == status, answer.text
        return answer.json

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self("POST", path, body)
        assert answer.status_code == status, answer.text
        return answer.json

    def patch(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self("PATCH", path, body)
        assert answer.status_code == status, answer.text
        return answer.json

    def put(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self("PUT", path, body)
        assert answer.status_code == status, answer.text
        return answer.json

    def claim(self, team: str = "ads", limit: int = 1, lease_seconds: int = 60) -> list[Any]:
        found: list[Any] = self.post(f"/v1/queues/{team}/claims", {"limit": limit, "lease_seconds": lease_seconds})[
            "items"
        ]
        return found


class People:
    """Accounts with tokens, made as they are asked for."""

    def __init__(self, app: Flask, engine: Engine) -> None:
        self.app = app
        self.engine = engine

    def __call__(
        self, role: Role = "agent", *teams: str, name: str = "", scopes: tuple[str, ...] | None = None
    ) -> Caller:
        name = name or f"{role} {uuid4().hex[:6]}"
        with self.engine.begin() as connection:
            email = f"{uuid4().hex}@example.com"
            user = make_user(connection, email, name, role, teams)
            return Caller(self.app, make_token(connection, user, "test", scopes), name, email)


@pytest.fixture(scope="session")
def app(environment: dict[str, str]) -> Flask:
    made = create_app(read(TriageSettings, environment))
    made.config["PROPAGATE_EXCEPTIONS"] = True
    return made


@pytest.fixture
def people(app: Flask, engine: Engine) -> People:
    return People(app, engine)


@pytest.fixture
def triage(engine: Engine) -> Triage:
    return Triage(engine)
