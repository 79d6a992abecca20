"""Clients of the console: they sign in with its form and send forms as browsers do."""

import re
import threading
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from services.notify.app import create_app as create_notify
from services.notify.settings import NotifySettings
from shared.auth.users import make_user
from shared.settings import read

PASSWORD = "correct horse battery"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


class Visitor:
    """A browser without scripts."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def get(self, path: str, status: int = 200) -> str:
        return self.open(path, status).text

    def open(self, path: str, status: int = 200) -> TestResponse:
        answer = self.client.get(path, headers=BROWSER)
        assert answer.status_code == status, answer.text
        found = re.search(r'name="csrf_token" value="(\w+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    def post(self, path: str, status: int = 303, **fields: object) -> TestResponse:
        answer = self.client.post(path, data={"csrf_token": self.token, **fields}, headers=BROWSER)
        assert answer.status_code == status, answer.text
        return answer

    def sign_in(self, email: str, password: str = PASSWORD, status: int = 303) -> TestResponse:
        self.get("/login")
        return self.post("/login", status, email=email, password=password)

    def act(self, reference: str, action: str, status: int = 303, **fields: object) -> TestResponse:
        """Send one of the forms of the ticket's page, hidden fields included."""
        page = self.get(f"/tickets/{reference}")
        form = re.search(rf'<form[^>]+action="/tickets/{reference}/{action}".*?</form>', page, re.DOTALL)
        assert form, f"no form for {action}"
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
        given: dict[str, Any] = {name: unescape(value) for name, value in hidden.items()} | fields
        return self.post(f"/tickets/{reference}/{action}", status, **given)

    def claim(self, reference: str) -> None:
        self.get(f"/tickets/{reference}")
        self.post(f"/tickets/{reference}/claim")


@pytest.fixture(scope="session")
def notify_url(environment: dict[str, str]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_notify(read(NotifySettings, environment)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


SignedIn = Callable[..., Visitor]


@pytest.fixture
def visitor(app: Flask, engine: Engine) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def signed_in(app: Flask, engine: Engine) -> SignedIn:
    """`signed_in("Anna", "agent", "ads")`."""
    return make_signed_in(app, engine)


def make_signed_in(app: Flask, engine: Engine) -> SignedIn:
    """As the fixture `signed_in`, for another app."""

    def sign_in(name: str, role: str = "agent", *teams: str) -> Visitor:
        email = f"{name.lower()}@example.org"
        with engine.begin() as connection:
            make_user(connection, email, name, role, teams, PASSWORD)
        visitor = Visitor(app.test_client())
        visitor.sign_in(email)
        return visitor

    return sign_in
