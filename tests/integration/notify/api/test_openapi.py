"""notify's OpenAPI document is right: whatever schemathesis sends, the answers are as documented and never a 5xx."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from services.notify.app import create_app
from services.notify.emails.suppressions import suppress
from services.notify.settings import NotifySettings
from shared.audit.record import Author
from shared.auth.tokens import make_token
from shared.auth.users import make_user
from shared.catalog import load
from tests.integration.notify.ledger import Ledger, submission
from tests.openapi import Known, answers_of, operations


class Scene:
    """Makes what an operation needs, just before it is called."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def nothing(self) -> Known:
        """For an operation that needs nothing."""
        return Known()

    def given_up(self) -> Known:
        """An e-mail that did not get through."""
        self.ledger.arrive(submission())
        rows = self.rows("update notify.emails set state = 'failed', because = 'no such address' returning id, ticket")
        return Known({"email": [str(rows[-1].id)]}, {"kind": [None]}, {"ticket": [rows[-1].ticket]})

    def preview(self) -> Known:
        """An e-mail to preview."""
        reason = sorted(load().reasons)[0]
        known: dict[str, list[Any]] = {"reasons": [[reason]], "reference": ["T-AAAA-AAAA"], "locale": ["sv"]}
        return Known({"kind": ["reply", "disapproval"]}, known)

    def suppressed(self) -> Known:
        """A suppressed address, and one that is not."""
        with self.ledger.engine.begin() as connection:
            kept = suppress(connection, f"{uuid4().hex}@example.com", "asked", Author(uuid4()))
        return Known({"suppression": [str(kept.id)]}, {"email": ["new@example.com"], "reason": ["asked"]})

    def rows(self, sql: str) -> list[Any]:
        with self.ledger.engine.begin() as connection:
            return list(connection.execute(text(sql)).all())


Make = Callable[[Scene], Known]

# For each operation: what it needs, how many cases are tried, and the status of its success.
OPERATIONS: dict[str, tuple[Make, int, int]] = {
    "GET /livez": (Scene.nothing, 1, 200),
    "GET /readyz": (Scene.nothing, 1, 200),
    "GET /metrics": (Scene.nothing, 1, 200),
    "GET /v1/emails": (Scene.given_up, 25, 200),
    "GET /v1/emails/kinds": (Scene.nothing, 1, 200),
    "GET /v1/emails/{email}": (Scene.given_up, 8, 200),
    "POST /v1/emails/resends": (Scene.given_up, 15, 202),
    "POST /v1/emails/{email}/resend": (Scene.given_up, 8, 202),
    "GET /v1/previews/{kind}": (Scene.preview, 20, 200),
    "POST /v1/previews/{kind}": (Scene.preview, 20, 200),
    "GET /v1/suppressions": (Scene.suppressed, 10, 200),
    "POST /v1/suppressions": (Scene.suppressed, 25, 201),
    "DELETE /v1/suppressions/{suppression}": (Scene.suppressed, 8, 204),
}


@pytest.fixture
def app(notify_settings: NotifySettings) -> Flask:
    made = create_app(notify_settings)
    made.config["PROPAGATE_EXCEPTIONS"] = True
    return made


@pytest.fixture
def admin(engine: Engine) -> dict[str, str]:
    with engine.begin() as connection:
        user = make_user(connection, "admin@example.com", "Ada", "admin", ())
        return {"Authorization": f"Bearer {make_token(connection, user, 'test')}"}


def test_every_operation_is_tried_here(app: Flask) -> None:
    assert sorted(operations(app)) == sorted(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_as_the_document_says(app: Flask, admin: dict[str, str], ledger: Ledger, name: str) -> None:
    make, examples, success = OPERATIONS[name]
    scene = Scene(ledger)
    answers = answers_of(operations(app)[name], examples, success, lambda: replace(make(scene), headers=admin))
    assert answers[success], f"no case got through: {dict(answers)}"
