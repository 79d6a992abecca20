"""Tests of the console in a real Chromium. `site` is triage's address; `open_page` checks pages as for the form."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import Engine
from werkzeug.serving import make_server

from local.ports import free_base
from services.intake.app import create_app as create_intake
from services.intake.settings import IntakeSettings
from services.notify.app import create_app as create_notify
from services.notify.settings import NotifySettings
from services.triage.app import create_app
from services.triage.settings import TriageSettings
from shared.auth.users import ensure_user
from shared.settings import read
from tests.browser.conftest import OpenPage
from tests.integration.triage.conftest import Triage

PASSWORD = "correct horse battery"


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the app while the block runs; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def live_base() -> int:
    """The base of the ports at which a test may serve live updates. Without them the pages ask every few seconds."""
    return free_base()


@pytest.fixture(scope="session")
def live_url(live_base: int) -> str:
    return f"http://127.0.0.1:{live_base + 3}"


@pytest.fixture
def allowed_origins(live_url: str) -> tuple[str, ...]:
    return (live_url,)


@pytest.fixture(scope="session")
def console(environment: dict[str, str], live_url: str) -> Iterator[Flask]:
    """The console, with a notify and an intake that serve its pages about e-mails and inbound mails."""
    with (
        served(create_notify(read(NotifySettings, environment))) as notify_url,
        served(create_intake(read(IntakeSettings, environment))) as intake_url,
    ):
        others = {"VIDARE_NOTIFY_URL": notify_url, "VIDARE_INTAKE_API_URL": intake_url, "VIDARE_LIVE_URL": live_url}
        yield create_app(read(TriageSettings, {**environment, **others}))


@pytest.fixture(scope="session")
def _console_address(console: Flask) -> Iterator[str]:
    with served(console) as address:
        yield address


@pytest.fixture
def site(_console_address: str, engine: Engine) -> str:
    return _console_address


@pytest.fixture
def triage(engine: Engine) -> Triage:
    return Triage(engine)


OpenSignedIn = Callable[..., Page]


@pytest.fixture
def signed_in_page(open_page: OpenPage, engine: Engine) -> OpenSignedIn:
    """`signed_in_page("Anna", "agent", "ads", scheme="dark")`: a page on which this person is signed in."""

    def open_signed_in(name: str, role: str = "agent", *teams: str, **options: object) -> Page:
        email = f"{name.lower()}@example.org"
        with engine.begin() as connection:
            ensure_user(connection, email, name, role, teams, PASSWORD)
        page = open_page(**options)
        page.goto("/login")
        sign_in(page, email)
        return page

    return open_signed_in


def sign_in(page: Page, email: str) -> None:
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".person").wait_for()
    page.wait_for_load_state()  # the scripts are loaded then
