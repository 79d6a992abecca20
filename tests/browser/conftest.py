"""Tests of intake's pages in a real Chromium.

site       the address of intake, served from this process on the clean database.
open_page  `open_page(language="sv", scripts=False, scheme="dark", width=320)`: a fresh page in a profile of its own, which fails the
           test if the page violates its Content-Security-Policy, raises in a script, or requests anything from another host.

Without Chromium these tests are skipped with one line; with VIDARE_REQUIRE_BROWSER=1 they fail.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from shared.settings import read

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No sandbox: the tests may run as root in a container. The rest keeps Chromium from contacting its maker.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 15_000  # milliseconds; two cores may be busy with other tests
UNLIMITED = {f"VIDARE_LIMIT_{name}": "" for name in ("SUBMISSIONS", "NOTES", "FOLLOW_UPS", "REFUSED")}


NONE = "NO CHROMIUM: NOT ONE PAGE WAS TESTED IN A BROWSER. Install it (Debian: apt-get install chromium)."
HERE = Path(__file__).parent


def chromium_program() -> str | None:
    """The path of Chromium: VIDARE_CHROMIUM, or the first of NAMES that is installed."""
    return os.environ.get("VIDARE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium, report one skipped test instead of forty."""
    if chromium_program() is not None or os.environ.get("VIDARE_REQUIRE_BROWSER") == "1":
        return
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours[:1]:
        item.add_marker(pytest.mark.skip(reason=NONE))
    items[:] = [item for item in items if item not in ours[1:]]
    config.hook.pytest_deselected(items=ours[1:])


# For each module, not for the session: Playwright's event loop counts as running in this thread until it ends, and later tests in
# the same process start loops of their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = chromium_program()
    if program is None:
        pytest.fail(NONE, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def intake(environment: dict[str, str]) -> Flask:
    return create_app(read(IntakeSettings, {**environment, **UNLIMITED}))


@pytest.fixture(scope="session")
def _address(intake: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, intake, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def site(_address: str, clean_database: None, redis_url: str) -> str:
    return _address


OpenPage = Callable[..., Page]


@pytest.fixture
def allowed_origins() -> tuple[str, ...]:
    """Other origins that pages may load from."""
    return ()


@pytest.fixture
def open_page(chromium: Browser, site: str, allowed_origins: tuple[str, ...]) -> Iterator[OpenPage]:
    contexts = []
    violations: list[str] = []

    def report_violations(page: Page) -> None:
        page.on("pageerror", lambda error: violations.append(f"script: {error}"))
        page.on(
            "console", lambda line: violations.append(line.text) if "Content Security Policy" in line.text else None
        )
        page.on("request", lambda sent: report_request(sent.url))

    def report_request(url: str) -> None:
        if not url.startswith((site, *allowed_origins)):
            violations.append(f"requested {url}")

    def open_one(language: str = "en", scripts: bool = True, scheme: str = "light", width: int = 1200) -> Page:
        context = chromium.new_context(
            base_url=site,
            locale=language,
            java_script_enabled=scripts,
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        report_violations(page)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert violations == []
