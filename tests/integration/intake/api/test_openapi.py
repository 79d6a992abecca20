"""intake's OpenAPI document is true: whatever schemathesis makes of it, the answers are as documented and never a 5xx."""

import dataclasses
from collections.abc import Callable
from io import BytesIO
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from schemathesis.specs.openapi.checks import ignored_auth

from services.intake.app import create_app
from services.intake.deps import Deps
from services.intake.settings import IntakeSettings
from shared.auth.tokens import make_token
from shared.auth.users import make_user
from shared.storage.object_store import ObjectStore
from tests.integration.intake.conftest import submission_fields
from tests.integration.intake.inbound_mail.arriving import arrive, read_all
from tests.openapi import Known, answers_of, operations
from tests.samples import files, mails


class Scene:
    """What there is to ask for, made when it is asked for."""

    def __init__(self, app: Flask, deps: Deps) -> None:
        self.client = app.test_client()
        self.deps = deps

    def nothing(self) -> Known:
        """What is there from the start: a category, and nobody with a key."""
        return Known(body=self.fields())

    def sent(self) -> Known:
        """A ticket, asked for with its key."""
        fields = submission_fields(email=f"{uuid4().hex}@example.com")
        receipt = self.client.post("/v1/tickets", json=fields).json
        assert receipt is not None
        [key] = parse_qs(urlsplit(receipt["status_url"]).query)["key"]
        path = {"reference": [receipt["reference"]]}
        return Known(path, {"message": ["More."], "details": [None]}, headers={"Authorization": f"Bearer {key}"})

    def with_file(self) -> Known:
        """A file of a ticket, asked for with the ticket's key."""
        fields = submission_fields(email=f"{uuid4().hex}@example.com")
        data = {**fields, "attachment": (BytesIO(files.png()), "mine.png")}
        receipt = self.client.post("/v1/tickets", data=data).json
        assert receipt is not None
        [key] = parse_qs(urlsplit(receipt["status_url"]).query)["key"]
        headers = {"Authorization": f"Bearer {key}"}
        shown = self.client.get(f"/v1/tickets/{receipt['reference']}", headers=headers).json
        assert shown is not None
        file = shown["conversation"][0]["attachments"][0]["id"]
        return Known({"reference": [receipt["reference"]], "file": [file]}, {}, {"key": [None]}, headers=headers)

    def mail(self) -> Known:
        """A mail that may be a person's, and an admin."""
        sample = mails.raw(uuid4().hex, "text/plain", "List-Id: <a.example.com>")
        name = arrive(self.deps, sample, None, "unknown")
        read_all(self.deps)
        path = {"name": [name.removeprefix("mail/")]}
        with self.deps.engine.begin() as connection:
            user = make_user(connection, f"{uuid4().hex}@example.com", "Ada", "admin", ())
            admin = {"Authorization": f"Bearer {make_token(connection, user, 'test')}"}
        return Known(path, {"category": ["account/other"]}, {"state": ["unsure"], "cursor": [None]}, headers=admin)

    def fields(self) -> dict[str, list[object]]:
        """The fields of valid submissions that the document alone does not determine."""
        right = {name: [value] for name, value in submission_fields().items()}
        return {**right, "details": [None], "country": ["SE", None], "locale": ["sv", None]}


Make = Callable[[Scene], Known]

# For each operation: what there is, how many cases are tried, and its answer on success.
OPERATIONS: dict[str, tuple[Make, int, int]] = {
    "GET /v1/categories": (Scene.nothing, 40, 200),
    "POST /v1/tickets": (Scene.nothing, 60, 201),
    "GET /v1/tickets/{reference}": (Scene.sent, 20, 200),
    "GET /v1/tickets/{reference}/attachments/{file}": (Scene.with_file, 12, 302),
    "POST /v1/tickets/{reference}/follow-ups": (Scene.sent, 60, 201),
    "POST /v1/tickets/{reference}/withdrawal": (Scene.sent, 20, 200),
    "GET /v1/mails": (Scene.mail, 20, 200),
    "GET /v1/mails/{name}": (Scene.mail, 8, 200),
    "POST /v1/mails/{name}/ticket": (Scene.mail, 20, 202),
    "GET /livez": (Scene.nothing, 5, 200),
    "GET /readyz": (Scene.nothing, 5, 200),
    "GET /metrics": (Scene.nothing, 5, 200),
}

# A wrong key answers as a ticket that is not there, 404 and not 401; test_keys_of_others.py holds that for every route.
LEFT_OUT = [ignored_auth]


@pytest.fixture(scope="module")
def app(intake_settings: IntakeSettings, store: ObjectStore) -> Flask:
    limits = {f"limit_{name}": "" for name in ("submissions", "notes", "refused", "follow_ups")}
    return create_app(dataclasses.replace(intake_settings, **limits))  # type: ignore[arg-type]


def test_every_operation_is_tried_here(app: Flask) -> None:
    assert sorted(operations(app)) == sorted(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_as_the_document_says(app: Flask, deps: Deps, redis_url: str, name: str) -> None:
    make, examples, success = OPERATIONS[name]
    scene = Scene(app, deps)
    answers = answers_of(operations(app)[name], examples, success, lambda: make(scene), left_out=LEFT_OUT)
    assert answers[success], f"no case got through: {dict(answers)}"
