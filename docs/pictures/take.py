"""Write the pictures of the documentation from a running stack: `make run`, then `make pictures` (a minute)."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from states import STATES, State
from story import Story, tell

FOLDER = Path(__file__).parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


def main() -> None:
    stack = json.loads((Path(os.environ.get("VIDARE_HOME") or ".local") / "stack.json").read_text())
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        story = tell(stack)
        for number, state in enumerate(STATES, start=1):
            print(f"{number} of {len(STATES)}: {state.name}", flush=True)
            picture_state(browser, story, state)
        picture_emails(browser, stack)
        browser.close()


def picture_state(browser: Browser, story: Story, state: State) -> None:
    context = browser.new_context(
        viewport={"width": state.width, "height": state.height},
        color_scheme="dark" if state.scheme == "dark" else "light",
        locale="en-GB",
    )
    if state.who is not None:
        sign_in(context, story.stack, state.who)
    page = context.new_page()
    page.goto(state.url(story))
    page.wait_for_load_state("networkidle")
    state.prepare(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{state.name}.png")
    context.close()


def sign_in(context: BrowserContext, stack: dict[str, Any], who: str) -> None:
    person = stack["admin"] if who == "admin" else stack["agents"][who]
    page = context.new_page()
    page.goto(f"{stack['triage_url']}/login")
    page.fill("[name=email]", person["email"])
    page.fill("[name=password]", person["password"])
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    page.close()


def picture_emails(browser: Browser, stack: dict[str, Any]) -> None:
    """Every kind of e-mail, in both languages."""
    page = browser.new_page(viewport={"width": 640, "height": 640})
    bearer = {"Authorization": f"Bearer {stack['admin']['token']}"}
    kinds = requests.get(f"{stack['notify_url']}/v1/emails/kinds", headers=bearer, timeout=20).json()["items"]
    for kind in kinds:
        for locale in ("en", "sv"):
            url = f"{stack['notify_url']}/v1/previews/{kind['name']}?locale={locale}"
            preview = requests.get(url, headers=bearer, timeout=20)
            preview.raise_for_status()
            page.set_content(preview.json()["html"])
            page.screenshot(path=FOLDER / f"mail-{kind['name']}-{locale}.png", full_page=True)


if __name__ == "__main__":
    main()
