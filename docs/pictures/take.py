"""Write the pictures of the documentation from a running stack: `make run`, `make demo`, then `make pictures`."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent
KINDS = (
    "acknowledgement",
    "information_request",
    "disapproval",
    "reply",
    "resolution",
    "transfer",
    "application_status",
    "escalation",
    "ticket_links",
    "form_pointer",
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


def main() -> None:
    stack = json.loads((Path(os.environ.get("VIDARE_HOME") or ".local") / "stack.json").read_text())
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        picture_form(browser, stack)
        picture_receipt(browser, stack)
        for scheme in ("light", "dark"):
            picture_queue(browser, stack, scheme)
        for scheme in ("light", "dark"):
            picture_ticket(browser, stack, scheme)
        picture_emails(browser, stack)
        browser.close()


def picture_form(browser: Browser, stack: dict[str, Any]) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 760})
    for name, path in (("topics", "/help"), ("form", "/help/account/content-removed/note")):
        page.goto(stack["inpicture_url"] + path)
        page.screenshot(path=FOLDER / f"{name}.png")


def picture_receipt(browser: Browser, stack: dict[str, Any]) -> None:
    """The receipt of a ticket with missing evidence, on a phone."""
    fields = {
        "category": "business/blocked-link",
        "email": "anna@example.org",
        "subject": "My shop",
        "message": "Every Pin shows a warning.",
    }
    url = requests.post(f"{stack['inpicture_url']}/v1/tickets", json=fields, timeout=20).json()["status_url"]
    page = browser.new_page(viewport={"width": 420, "height": 900})
    page.goto(url)
    page.screenshot(path=FOLDER / "receipt.png")


def picture_queue(browser: Browser, stack: dict[str, Any], scheme: Any) -> None:
    page = browser.new_context(viewport={"width": 1200, "height": 480}, color_scheme=scheme).new_page()
    sign_in(page, stack, "account")
    page.goto(f"{stack['triage_url']}/queues/account")
    page.screenshot(path=FOLDER / f"queue-{scheme}.png")


def picture_ticket(browser: Browser, stack: dict[str, Any], scheme: Any) -> None:
    """The demo's ticket with a photograph, claimed."""
    page = browser.new_context(viewport={"width": 1200, "height": 860}, color_scheme=scheme).new_page()
    sign_in(page, stack, "ads")
    page.get_by_role("link", name="Why was my ad disapproved?").first.click()
    claim = page.get_by_role("button", name="Claim it")
    page.wait_for_load_state()
    if claim.count():
        claim.click()
        page.wait_for_load_state()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"ticket-{scheme}.png")


def sign_in(page: Page, stack: dict[str, Any], team: str) -> None:
    page.goto(f"{stack['triage_url']}/login")
    page.fill("[name=email]", stack["agents"][team]["email"])
    page.fill("[name=password]", stack["agents"][team]["password"])
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)


def picture_emails(browser: Browser, stack: dict[str, Any]) -> None:
    """Every kind of e-mail, in both languages."""
    page = browser.new_page(viewport={"width": 640, "height": 640})
    bearer = {"Authorization": f"Bearer {stack['admin']['token']}"}
    for kind in KINDS:
        for locale in ("en", "sv"):
            preview = requests.get(
                f"{stack['notify_url']}/v1/previews/{kind}?locale={locale}", headers=bearer, timeout=20
            )
            preview.raise_for_status()
            page.set_content(preview.json()["html"])
            page.screenshot(path=FOLDER / f"mail-{kind}-{locale}.png", full_page=True)


if __name__ == "__main__":
    main()
