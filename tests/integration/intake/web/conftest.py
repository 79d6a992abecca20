"""Intake as it is served, and its pages as a browser without scripts meets them."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from shared.settings import read

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="session")
def intake(environment: dict[str, str]) -> Flask:
    return create_app(read(IntakeSettings, {**environment, "VIDARE_LIMIT_SUBMISSIONS": "", "VIDARE_LIMIT_REFUSED": ""}))


@pytest.fixture
def browser(intake: Flask, clean_database: None, redis_url: str) -> Iterator[FlaskClient]:
    """Asks for pages, as browsers do."""
    client = intake.test_client()
    client.environ_base["HTTP_ACCEPT"] = HTML["Accept"]
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    with client:
        yield client


def token_in(page: TestResponse) -> str:
    """The token of the form on a page."""
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert found, page.text
    return unescape(found[1])


Send = Callable[..., TestResponse]


@pytest.fixture
def send(browser: FlaskClient) -> Send:
    """Fill in and send the form of a path: `send("account/login", message="…")`."""

    def fill(path: str, token: str | None = None, query: str = "", **fields: object) -> TestResponse:
        address = f"/help/{path}/note{query}"
        token = token_in(browser.get(address)) if token is None else token
        given = {"email": "anna@example.org", "message": "I cannot log in.", **fields, "form_token": token}
        named = {name.replace("__", "."): value for name, value in given.items()}
        return browser.post(address, data=named, content_type="multipart/form-data")

    return fill
