"""Nothing that a stranger sent runs: every field is filled with markup, and every page of form, status page and console, and every mail
of ours, is opened in a real Chromium. No dialog, no request elsewhere, no element that is not ours; and the policy would stop it too.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Response

from tests.browser.hostile_words import HOSTILE, HOSTILE_FILE, HOSTILE_LINK, Stranger, hostile_receiver
from tests.journeys.conftest import stack  # noqa: F401  # the fixture, for this module
from tests.polling import eventually

# Pages to open of each shape of address (with its ids removed), and in total.
OF_A_SHAPE, IN_ALL = 2, 60
# Elements that injected markup would become, and those that our own policy forbids.
FOREIGN = """() => [...document.querySelectorAll("*")].filter((one) =>
    [...one.attributes].some((it) => it.name.startsWith("on") || it.name === "style" && !one.closest(".gutter")
        || /^(href|src|action|formaction)$/.test(it.name) && /^\\s*(javascript|data|vbscript):/i.test(it.value))
    || one.localName === "script" && (!one.src || new URL(one.src).origin !== location.origin)
    || one.localName === "style" || one.localName === "svg" && one.hasAttribute("onload")
    || one.localName === "img" && one.getAttribute("src") === "x" || ["iframe", "object", "embed", "base"].includes(one.localName)
).map((one) => one.outerHTML.slice(0, 200))"""


class Monitor:
    """Records what pages did that no page may do."""

    def __init__(self, stack: dict[str, Any]) -> None:  # noqa: F811
        self.violations: list[str] = []
        self.services = tuple(stack[f"{name}_url"] for name in ("intake", "triage", "notify"))
        self.ours = (*self.services, stack["live_url"], stack["s3"]["endpoint"])

    def over(self, page: Page) -> Page:
        page.on("dialog", lambda dialog: self.dismiss(page, dialog))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(self.ours) else self.record(page, f"requested {asked.url}"),
        )
        page.on(
            "console", lambda line: self.record(page, line.text) if "Content Security Policy" in line.text else None
        )
        page.on("pageerror", lambda error: self.record(page, f"script: {error}"))
        page.on("response", lambda answer: self.check_policy(page, answer))
        return page

    def dismiss(self, page: Page, dialog: Dialog) -> None:
        self.record(page, f"dialog {dialog.message}")
        dialog.dismiss()

    def check_policy(self, page: Page, answer: Response) -> None:
        """Check the policy of every document, whatever its status."""
        if answer.request.resource_type == "document" and answer.url.startswith(self.services):
            policy = answer.headers.get("content-security-policy", "")
            if "default-src 'none'" not in policy or "script-src 'self';" not in policy or "unsafe" in policy:
                self.record(page, f"policy {policy!r}")

    def record(self, page: Page, what: str) -> None:
        self.violations.append(f"{page.url}: {what}")

    def foreign(self, page: Page) -> None:
        for element in page.evaluate(FOREIGN):
            self.record(page, f"element {element}")


@pytest.fixture(scope="module")
def stranger(stack: dict[str, Any]) -> Iterator[Stranger]:  # noqa: F811
    with hostile_receiver() as receiver:
        made = Stranger(stack)
        hook = made.post("triage", "/v1/teams/account/webhooks", {"url": receiver, "secret": "x" * 20})
        made.send("account/content-removed", removed_kind="pin", removed_link=HOSTILE_LINK, context=HOSTILE)
        made.send("ads/loading", browser=HOSTILE)
        made.write()
        made.be_answered()
        calls = f"/v1/webhooks/{hook['id']}/deliveries"
        eventually(lambda: "BadStatusLine" in str([one["last_error"] for one in made.get("triage", calls)["items"]]))
        yield made


@pytest.fixture
def monitor(stack: dict[str, Any]) -> Iterator[Monitor]:  # noqa: F811
    made = Monitor(stack)
    yield made
    assert made.violations == []


@pytest.fixture
def page(chromium: Browser, monitor: Monitor) -> Iterator[Page]:
    context = chromium.new_context()
    yield monitor.over(context.new_page())
    context.close()


def shape(address: str) -> str:
    """The address without its ids and values."""
    path = re.sub(
        r"(?<=/help/)[a-z-]+(/[a-z-]+)+?(?=$|/note$)|T-\w{4}-\w{4}|[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+",
        "*",
        urlsplit(address).path,
    )
    return path + re.sub(r"=[^&]*", "", urlsplit(address).query)


def crawl(page: Page, monitor: Monitor, starts: list[str]) -> list[str]:
    """Open the pages and those that they link to. Returns the opened addresses."""
    waiting, known = list(starts), set(starts)
    opened: list[str] = []
    counts: dict[str, int] = {}
    while waiting and len(opened) < IN_ALL:
        address = waiting.pop(0)
        kind = shape(address)
        if address not in starts and counts.get(kind, 0) >= OF_A_SHAPE:
            continue
        counts[kind] = counts.get(kind, 0) + 1
        page.goto(address)
        monitor.foreign(page)
        opened.append(address)
        for link in page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href.split('#')[0])"):
            ours = link.startswith(address[: address.index("/", 8)])
            if ours and link not in known and not re.search(r"/attachments/|\.csv", link):
                known.add(link)
                waiting.append(link)
    return opened


def test_nothing_runs_on_the_requesters_pages(stranger: Stranger, page: Page, monitor: Monitor) -> None:
    intake = stranger.stack["intake_url"]
    odd = [
        f"{intake}/{path}{quote(HOSTILE)}"
        for path in ("help?q=", "help?lang=", "t/T-0000-0000?key=", "t?asked=", "nothing/")
    ]
    opened = crawl(page, monitor, [*stranger.pages, *(f"{one}&lang=sv" for one in stranger.pages), *odd])
    assert len(opened) > 20
    page.goto(stranger.pages[0])
    assert page.get_by_text(HOSTILE, exact=True).count() >= 2
    assert page.get_by_text(HOSTILE_FILE).count() >= 2


def test_nothing_runs_on_a_form_with_errors(stranger: Stranger, page: Page, monitor: Monitor) -> None:
    page.goto(f"{stranger.stack['intake_url']}/help/account/content-removed/note")
    for field in page.locator(
        "form.questions input[type=text], form.questions textarea, form.questions input[type=url]"
    ).all():
        if field.is_visible():
            field.fill(HOSTILE)
    page.locator("[name=email]").evaluate("(one, words) => { one.type = 'text'; one.value = words; }", HOSTILE)
    page.locator("form.questions").evaluate("form => { form.noValidate = true; }")
    with page.expect_navigation():
        page.locator("form.questions button.main").click()
    assert page.locator("[name=email]").input_value() == HOSTILE
    assert page.locator("[name=message]").input_value() == HOSTILE
    monitor.foreign(page)


def test_nothing_runs_in_the_console(stranger: Stranger, page: Page, monitor: Monitor) -> None:
    triage = stranger.stack["triage_url"]
    page.goto(f"{triage}/login?next={quote(HOSTILE)}&done={quote(HOSTILE)}")
    page.get_by_label("E-mail").fill(stranger.stack["admin"]["email"])
    page.get_by_label("Password").fill(stranger.stack["admin"]["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{triage}/**")
    page.goto(f"{triage}/people")
    page.evaluate("() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    page.locator("form[action$='/people'] [name=name]").fill(HOSTILE)
    page.locator("form[action$='/people'] [name=email]").fill(stranger.email[-20:])
    page.locator("form[action$='/people'] button[type=submit]").click()
    tickets = [f"{triage}/tickets/{reference}" for reference in stranger.references]
    odd = [
        f"{triage}/{path}{quote(HOSTILE)}"
        for path in ("search?q=", "emails?to=", "queues/", "tickets/", "people?done=")
    ]
    rest = ["queues/account/webhooks", "rules", "emails", "events", "people", "reports", "search?q=alert"]
    opened = crawl(page, monitor, [*tickets, *odd, *(f"{triage}/{path}" for path in rest)])
    assert {"/rules/new", "/rules/*", "/emails/*", "/queues/account/webhooks/*", "/queues/billing"} <= {
        shape(one).split("?")[0] for one in opened
    }
    page.goto(tickets[0])
    assert page.get_by_text(HOSTILE).count() > 5


def test_nothing_runs_in_our_e_mails(stranger: Stranger, page: Page, monitor: Monitor) -> None:
    """Shown as by a mail program without any restrictions."""
    kinds = {"acknowledgement", "reply", "resolution", "application_status", "disapproval"}
    eventually(lambda: not kinds - {mail["kind"] for mail in stranger.mails()})
    for mail in stranger.mails():
        page.set_content(mail["html"])
        page.evaluate("() => document.querySelectorAll('style').forEach((one) => one.remove())")
        for element in page.evaluate(FOREIGN.replace('it.name === "style"', "false")):
            monitor.record(page, f"{mail['kind']}: {element}")
        # What a person wrote has the requester's own subject, as plain text.
        if mail["kind"] in ("acknowledgement", "application_status"):
            assert "alert" not in mail["subject"]
    replies = [mail for mail in stranger.mails() if mail["kind"] == "reply"]
    page.set_content(replies[0]["html"])
    assert page.get_by_text(HOSTILE).count()
