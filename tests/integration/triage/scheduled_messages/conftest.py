"""The console with ten seconds for undoing, and the tick that sends."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from services.triage.actions.registry import ACTIONS
from services.triage.app import create_app
from services.triage.scheduled_messages.send_messages import send_due_message
from services.triage.settings import TriageSettings
from shared.settings import read
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn, Visitor, make_signed_in

SECONDS = "600"


@pytest.fixture(scope="session")
def undoing_app(environment: dict[str, str]) -> Flask:
    made = create_app(read(TriageSettings, {**environment, "VIDARE_UNDO_SEND_SECONDS": SECONDS}))
    made.config["PROPAGATE_EXCEPTIONS"] = True
    return made


@pytest.fixture
def signed_in(undoing_app: Flask, engine: Engine) -> SignedIn:
    return make_signed_in(undoing_app, engine)


class Outbox:
    """What is scheduled, and the worker that sends it."""

    def __init__(self, engine: Engine, triage: Triage) -> None:
        self.engine, self.triage = engine, triage

    @property
    def rows(self) -> list[Any]:
        return self.triage.rows("select * from triage.scheduled_messages order by created_at")

    @property
    def states(self) -> list[tuple[str, str | None]]:
        return [(row.state, row.because) for row in self.rows]

    def send(self) -> int:
        """What the tick does, for all that is due; returns how many were sent or stopped."""
        done = 0
        while True:
            with self.engine.begin() as connection:
                if not send_due_message(connection, ACTIONS, self.triage.rulesets):
                    return done
            done += 1

    def make_due(self) -> None:
        self.triage.rows("update triage.scheduled_messages set due_at = now() - interval '1 second'")

    def send_all(self) -> int:
        self.make_due()
        return self.send()


@pytest.fixture
def outbox(engine: Engine, triage: Triage) -> Outbox:
    return Outbox(engine, triage)


Write = Callable[..., str]


@pytest.fixture
def claimed(triage: Triage, signed_in: SignedIn) -> tuple[Visitor, str]:
    """Anna, and a ticket that she claimed."""
    anna = signed_in("Anna", "agent", "ads")
    reference = triage.submit("ads/metrics")
    anna.claim(reference)
    return anna, reference


def in_the_future(days: float = 1) -> str:
    """A time as the form has it; the zone of the tests' ruleset is UTC."""
    return (datetime.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")
