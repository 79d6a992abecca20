"""The whole running system in a real browser: an agent's actions arrive at the requester, and the answers come back."""

from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import stack  # noqa: F401  # the fixture, for this module
from tests.journeys.walking import mails, ticket
from tests.polling import eventually


@pytest.fixture
def agent(chromium: Browser, stack: dict[str, Any]) -> Page:  # noqa: F811
    """A page on which an agent of business is signed in."""
    page = chromium.new_context().new_page()
    page.goto(f"{stack['triage_url']}/login")
    page.get_by_label("E-mail").fill(stack["agents"]["business"]["email"])
    page.get_by_label("Password").fill(stack["agents"]["business"]["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/queues/**")
    return page


def _send(stack: dict[str, Any], email: str, details: dict[str, str]) -> dict[str, Any]:  # noqa: F811
    ticket_body = {
        "category": "business/blocked-link",
        "email": email,
        "message": "My link is blocked.",
        "locale": "sv",
    }
    answer = requests.post(f"{stack['intake_url']}/v1/tickets", json=ticket_body | {"details": details}, timeout=20)
    assert answer.status_code == 201
    receipt: dict[str, Any] = answer.json()
    ticket(stack, receipt["reference"])
    return receipt


def _texts_with(stack: dict[str, Any], recipient: str, words: str) -> list[str]:  # noqa: F811
    """The texts of the recipient's e-mails that contain `words`."""
    bodies = [mail.get_body(("plain",)) for mail in mails(stack, recipient)]
    return [text for body in bodies if body is not None for text in [body.get_content()] if words in text]


DETAILS = {"site_url": "https://shop.example", "pin_url": "https://pinly.example/1"}


def test_a_disapproval_arrives_as_its_preview(stack: dict[str, Any], agent: Page) -> None:  # noqa: F811
    receipt = _send(stack, "refused@example.org", DETAILS)
    agent.goto(f"{stack['triage_url']}/tickets/{receipt['reference']}")
    agent.get_by_role("button", name="Claim it").click()
    expect(agent.locator("main")).to_contain_text("Claimed by you", timeout=30_000)
    agent.get_by_role("link", name="Disapprove").click()
    form = agent.get_by_role("form", name="Disapprove")
    form.get_by_role("checkbox").first.check()
    form.get_by_label("Message").fill("Tyvärr går det inte.")
    with agent.context.expect_page() as opened:
        form.get_by_role("button", name="Preview the e-mail").click()
    preview = opened.value
    expect(preview.locator(".mail-text")).to_contain_text("Tyvärr går det inte.")
    previewed = preview.locator(".mail-text").inner_text()
    preview.close()
    assert ticket(stack, receipt["reference"])["state"] == "claimed"
    form.get_by_role("button", name="Disapprove and send").click()
    agent.wait_for_url("**done=sending-disapproved**")
    texts = eventually(lambda: _texts_with(stack, "refused@example.org", "Tyvärr går det inte."))
    sent, shown = texts[0].split(), previewed.split()
    assert [word for word in sent if "?key=" not in word] == [word for word in shown if "?key=" not in word]


def test_requested_evidence_reopens_the_ticket(stack: dict[str, Any], agent: Page, chromium: Browser) -> None:  # noqa: F811
    receipt = _send(stack, "asked@example.org", DETAILS)
    reference = receipt["reference"]
    agent.goto(f"{stack['triage_url']}/tickets/{reference}")
    agent.get_by_role("button", name="Claim it").click()
    expect(agent.locator("main")).to_contain_text("Claimed by you", timeout=30_000)
    agent.get_by_role("link", name="Ask for evidence").click()
    form = agent.get_by_role("form", name="Ask for evidence")
    form.get_by_role("checkbox").last.check()
    form.get_by_role("button", name="Ask for it").click()
    agent.wait_for_url("**done=sending-information_requested**")
    assert eventually(lambda: ticket(stack, reference)["state"] == "waiting"), "ten seconds later"
    asking = eventually(lambda: _texts_with(stack, "asked@example.org", "Skicka oss detta:"))
    link = next(word for word in asking[0].split() if "/t/" in word)
    assert eventually(lambda: requests.get(link, timeout=10).text.count("pin_url"))
    requester = chromium.new_context(locale="sv").new_page()
    requester.goto(link)
    requester.locator('[name="details.pin_url"]').fill("https://pinly.example/2")
    requester.locator('form:has([name="details.pin_url"]) button[type="submit"]').last.click()
    requester.wait_for_load_state()
    assert eventually(lambda: ticket(stack, reference)["state"] == "open")
    agent.goto(f"{stack['triage_url']}/queues/business")
    expect(agent.get_by_text(reference).first).to_be_visible()
