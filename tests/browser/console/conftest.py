"""A real Chromium before the real console. `site` is triage's address here; `open_page` watches every page as it does for the form."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import Engine
from werkzeug.serving import make_server

from services.triage.app import create_app
from services.triage.settings import TriageSettings
from shared.auth.users import ensure_user
from shared.settings import read
from tests.browser.conftest import OpenPage
from tests.integration.triage.conftest import Triage

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def console(environment: dict[str, str]) -> Flask:
    return create_app(read(TriageSettings, environment))


@pytest.fixture(scope="session")
def _console_address(console: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, console, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def site(_console_address: str, engine: Engine) -> str:
    return _console_address


@pytest.fixture
def triage(engine: Engine) -> Triage:
    return Triage(engine)


Desk = Callable[..., Page]


@pytest.fixture
def desk(open_page: OpenPage, engine: Engine) -> Desk:
    """`desk("Anna", "agent", "ads", scheme="dark")`: her page, signed in through the form."""

    def sit_down(name: str, role: str = "agent", *teams: str, **look: object) -> Page:
        email = f"{name.lower()}@example.org"
        with engine.begin() as connection:
            ensure_user(connection, email, name, role, teams, PASSWORD)
        page = open_page(**look)
        page.goto("/login")
        sign_in(page, email)
        return page

    return sit_down


def sign_in(page: Page, email: str) -> None:
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".person").wait_for()
    page.wait_for_load_state()  # the scripts listen from then on
