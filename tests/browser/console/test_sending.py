"""Saved replies, undoing what was sent, and sending later, in the browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from services.triage.actions.registry import ACTIONS
from services.triage.app import create_app
from services.triage.saved_replies.create_saved_reply import create_saved_reply
from services.triage.saved_replies.saved_reply import Draft
from services.triage.scheduled_messages.send_messages import send_due_message
from services.triage.settings import TriageSettings
from shared.settings import DEFAULT_TEAMS, read
from tests.browser.console.conftest import OpenSignedIn, served
from tests.browser.console.layout import wrong_at, wrong_on
from tests.browser.console.scenes import claim
from tests.browser.looks import resize, violations, violations_in_both
from tests.integration.triage.conftest import Triage, person


@pytest.fixture(scope="module")
def _undoing(environment: dict[str, str], live_url: str) -> Iterator[str]:
    """The console with an hour to undo what was sent."""
    others = {"VIDARE_UNDO_SEND_SECONDS": "3600", "VIDARE_LIVE_URL": live_url}
    with served(create_app(read(TriageSettings, {**environment, **others}))) as address:
        yield address


@pytest.fixture
def site(_undoing: str, engine: Engine) -> str:
    return _undoing


@pytest.fixture
def reference(triage: Triage, engine: Engine) -> str:
    lead = person("lead", "ads")
    texts = {"en": "Hello {{requester.name}},\n\nwe look at it."}
    actions: dict[str, Any] = {"then": "resolve", "tags": ["refund"], "priority": "high"}
    with engine.begin() as connection:
        create_saved_reply(connection, lead, Draft("Refund", "ads", texts, actions), DEFAULT_TEAMS)
        create_saved_reply(connection, lead, Draft("Later", "ads", {"en": "It takes a while."}, {}), DEFAULT_TEAMS)
    return triage.submit("ads/metrics", subject="My ad", name="Maja", message="It is gone.")


def test_a_slash_opens_the_saved_replies_and_enter_inserts_one(
    triage: Triage, reference: str, signed_in_page: OpenSignedIn
) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    claim(page, reference)
    area, picker = page.locator("#reply-message"), page.locator("#picker")
    area.press("/")
    expect(picker).to_be_visible()
    expect(picker.get_by_role("option")).to_have_count(2)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    expect(area).to_be_focused()
    expect(area).to_have_value("")
    area.press("/")
    page.keyboard.press("/")
    expect(area).to_have_value("/")
    area.press("/")
    expect(picker).to_be_hidden()
    area.fill("Dear,\n")
    area.press("Control+End")
    area.press("/")
    page.keyboard.type("look")
    expect(picker.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(area).to_have_value("Dear,\nHello Maja,\n\nwe look at it.")
    expect(page.locator("#reply-add-tags")).to_have_value("refund")
    expect(page.locator("#reply-set-priority")).to_have_value("high")
    resize(page, 390)
    assert wrong_on(page) == []
    # The main button is the one that the saved reply names.
    area.press("Control+Enter")
    page.wait_for_url("**done=sending-replied")
    _send(triage)
    ticket = triage.ticket(reference)
    assert (ticket.state, ticket.tags, ticket.priority) == ("resolved", ["refund"], "high")


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_sent_is_undone(triage: Triage, reference: str, signed_in_page: OpenSignedIn, scripts: bool) -> None:
    page = signed_in_page("Anna", "agent", "ads", scripts=scripts)
    claim(page, reference)
    page.locator("#reply-message").fill("We look at it.")
    page.get_by_role("button", name="Send and wait").click()
    page.wait_for_url("**done=sending-replied")
    pending = page.get_by_role("region", name="Not sent yet")
    expect(pending).to_contain_text("We look at it.")
    if scripts:
        expect(pending).to_contain_text("Sending in")
        expect(page.locator("#reply-message")).to_have_value("")
        assert violations_in_both(page) + wrong_at(page) == []
        page.locator("h1").click()
        page.keyboard.press("z")
    else:
        pending.get_by_role("button", name="Undo").click()
    page.wait_for_url("**done=undone*")
    expect(page.locator("#reply-message")).to_have_value("We look at it.")
    expect(pending).to_have_count(0)
    assert triage.told(reference, "TicketAnswered") == []
    page.locator("#reply-message").fill("We looked at it.")
    page.get_by_role("button", name="Send and resolve").click()
    page.wait_for_url("**done=sending-replied")
    page.get_by_role("button", name="Send now").click()
    page.wait_for_url("**done=sent")
    expect(page.locator(".message.ours")).to_contain_text("We looked at it.")
    assert len(triage.told(reference, "TicketAnswered")) == 1


def test_a_message_is_sent_later(triage: Triage, reference: str, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    claim(page, reference)
    page.locator("#reply-message").fill("See you.")
    expect(page.locator("#reply-later-at")).to_be_hidden()
    page.locator("#reply-later").select_option("at")
    page.locator("#reply-later-at").fill("2020-01-01T09:00")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.get_by_role("alert")).to_contain_text("This time has passed.")
    expect(page.locator("#reply-message")).to_have_value("See you.")
    page.locator("#reply-later").select_option("tomorrow")
    page.get_by_role("button", name="Send and wait").click()
    page.wait_for_url("**done=scheduled-replied")
    expect(page.get_by_role("region", name="Not sent yet")).to_contain_text("09:00")
    page.goto("/yours")
    expect(page.get_by_role("region", name="Scheduled")).to_contain_text("See you.")
    assert violations(page) + wrong_on(page) == []
    triage.follow_up(reference, message="Never mind")
    page.goto("/yours")
    expect(page.get_by_role("region", name="Not sent")).to_contain_text("the requester has written since")
    page.goto(f"/tickets/{reference}")
    expect(page.get_by_role("region", name="Not sent", exact=True)).to_contain_text("See you.")
    assert violations(page) == []


def test_the_pages_of_saved_replies(reference: str, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Lea", "lead", "ads")
    page.locator(".person summary").click()
    page.get_by_role("link", name="Saved replies").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved replies")
    assert violations_in_both(page) + wrong_at(page) == []
    page.get_by_role("link", name="Refund").click()
    assert violations_in_both(page) + wrong_at(page) == []
    page.locator("#text_en").fill("Hello {{nobody}}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("is no placeholder")
    page.locator("#text_en").fill("Hello")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**done=reply-saved")


def _send(triage: Triage) -> None:
    triage.rows("update triage.scheduled_messages set due_at = now()")
    with triage.engine.begin() as connection:
        assert send_due_message(connection, ACTIONS, triage.rulesets)
