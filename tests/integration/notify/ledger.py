"""Events that notify subscribes to, and the ledger of e-mails that they cause."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, text

from services.notify.deps import Deps
from services.notify.handlers import handlers_of
from services.notify.settings import NotifySettings
from shared.events.consumer import Consumer
from shared.events.contracts import Event, ticket_submitted
from shared.events.log import record
from shared.storage.object_store import ObjectStore
from shared.ticket_keys import new_reference


def submission(email: str = "requester@example.com", **changes: Any) -> Event:
    """A TicketSubmitted event; `changes` go into its payload."""
    payload: dict[str, Any] = {
        "category": "account/password",
        "locale": "en",
        "platform": None,
        "country": None,
        "key_number": 1,
        "missing_evidence": [],
        "cannot_provide": [],
        "attachments": [],
        "details_codes": {},
        "earlier_tickets": [],
        "submitted_at": "2026-11-22T10:00:00Z",
        "catalog": 1,
    }
    personal: dict[str, Any] = {
        "email": email,
        "name": "Eve\r\nBcc: everybody@example.com",
        "username": None,
        "subject": "BUY CHEAP",
        "message": "CLICK HERE http://evil.example.com",
        "details": {},
        "attachment_names": {},
    }
    return ticket_submitted(new_reference(), "test", payload | changes, personal)


class Ledger:
    """Records events and consumes their deliveries as notify's worker does."""

    def __init__(self, engine: Engine, settings: NotifySettings) -> None:
        self.engine = engine
        self.settings = settings
        self.deps = Deps(settings, engine, ObjectStore(settings))

    def arrive(self, *events: Event, **settings: Any) -> None:
        """Record and consume in one batch. `settings` replace notify's own."""
        self.consume(self.record(*events), **settings)

    def record(self, *events: Event) -> list[int]:
        with self.engine.begin() as connection:
            return record(connection, events)

    def consume(self, ids: Sequence[int], **settings: Any) -> None:
        deps = replace(self.deps, settings=replace(self.settings, **settings)) if settings else self.deps
        Consumer(self.engine, "notify", handlers_of(deps)).consume(ids)

    def emails(self) -> list[dict[str, Any]]:
        """The ledger, oldest first."""
        with self.engine.connect() as connection:
            rows = connection.execute(text("select * from notify.emails order by id"))
            return [dict(row._mapping) for row in rows]

    def states(self) -> list[str]:
        return [str(email["state"]) for email in self.emails()]

    def attempts(self) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            rows = connection.execute(text("select * from notify.email_attempts order by at"))
            return [dict(row._mapping) for row in rows]

    def announced(self) -> list[tuple[str, str]]:
        """The states that events told the other services: ticket and state, in order."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                text("select ticket, payload ->> 'state' from events.log where type = 'EmailStateChanged' order by id")
            )
            return [(str(ticket), str(state)) for ticket, state in rows]

    def breaker_because(self) -> str | None:
        """The reason of an open circuit breaker."""
        with self.engine.connect() as connection:
            because: str | None = connection.execute(text("select because from notify.gate")).scalar_one()
            return because

    def due_now(self) -> None:
        """Make every waiting e-mail due, and let an open circuit breaker try half-open."""
        with self.engine.begin() as connection:
            connection.execute(text("update notify.emails set not_before = clock_timestamp() where state <> 'sending'"))
            connection.execute(text("update notify.gate set probe_at = clock_timestamp()"))
