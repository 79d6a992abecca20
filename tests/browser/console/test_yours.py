"""A person's own tickets: who answered, being away, reassigning them."""

import re

import pytest
from playwright.sync_api import expect

from shared.auth.users import ensure_user
from tests.browser.console.conftest import PASSWORD, OpenSignedIn
from tests.browser.console.scenes import claim
from tests.browser.console.test_agent_at_work import poll
from tests.browser.looks import violations
from tests.integration.triage.conftest import Triage


def test_what_the_requester_answered_is_marked_and_first(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    quiet, answered = triage.submit("ads/metrics", subject="Quiet"), triage.submit("ads/metrics", subject="Answered")
    page = signed_in_page("Anna", "agent", "ads")
    for reference in (quiet, answered):
        claim(page, reference)
        page.locator("#reply-message").fill("We look at it.")
        page.get_by_role("button", name="Send and wait").click()
        page.wait_for_url("**done=replied")
    page.goto("/queues/ads")
    expect(page.locator("[data-yours] .count")).to_be_hidden()
    triage.follow_up(answered, message="And now?")
    poll(page)
    expect(page.locator("[data-yours] .count")).to_have_text("1")
    triage.rows("update triage.tickets set priority = 'urgent' where reference = :r", r=quiet)
    page.goto("/queues/ads")
    expect(page.locator("[data-yours] .count")).to_have_text("1")
    expect(page.locator(f'[data-reference="{answered}"]')).to_contain_text("reserved for you")
    page.locator("h1").click()
    page.keyboard.press("y")
    page.wait_for_url("**/yours")
    rows = page.locator("#rows .row")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Answered")
    expect(rows.nth(0)).to_contain_text("they wrote again")
    expect(rows.nth(0)).to_contain_text("And now?")
    expect(rows.nth(1)).to_contain_text("waiting for the requester")
    assert violations(page) == []


def test_a_row_shows_who_wrote_what(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    file = {"id": "0" * 32, "object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "clean"}
    triage.submit(
        subject="My ad", name="Maja", message="It is gone.", attachments=[file], attachment_names={"0" * 32: "a.png"}
    )
    row = signed_in_page("Anna", "agent", "ads").locator("#rows .row")
    for words in ("Maja", "My ad", "It is gone.", "left"):
        expect(row).to_contain_text(words)
    expect(row.locator(".row-files")).to_have_attribute("title", "1 file")
    expect(row.page.locator(".order")).to_contain_text("By priority, then by when the answer is due (no time last)")


@pytest.mark.parametrize("scripts", [True, False])
def test_one_is_away_and_reassigns_everything(triage: Triage, signed_in_page: OpenSignedIn, scripts: bool) -> None:
    reference = triage.submit("ads/metrics")
    page = signed_in_page("Anna", "agent", "ads", scripts=scripts)
    with triage.engine.begin() as connection:
        bo = ensure_user(connection, "bo@example.org", "Bo", "agent", ["ads"], PASSWORD)
    claim(page, reference)
    page.locator("#reply-message").fill("We look at it.")
    page.get_by_role("button", name="Send and wait").click()
    page.wait_for_url("**done=replied")
    page.locator(".person summary").click()
    page.get_by_role("button", name="I am away").click()
    expect(page.locator("main")).to_contain_text("You are away")
    expect(page.locator(".person summary")).to_contain_text("away")
    page.get_by_text("Reassign them").click()
    page.get_by_role("button", name="Reassign", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Write a colleague’s address")
    expect(page.locator("datalist#colleagues option")).to_have_count(1)
    page.get_by_label("The colleague’s e-mail address").fill("nobody@example.org")
    page.get_by_role("button", name="Reassign", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Not a person with an open account")
    page.get_by_label("The colleague’s e-mail address").fill("bo@example.org")
    page.get_by_role("button", name="Reassign", exact=True).click()
    expect(page.locator(".told").first).to_contain_text("Your tickets are reassigned.")
    expect(page.locator("main")).to_contain_text("You own no unfinished tickets")
    assert triage.ticket(reference).owner == bo
    page.locator(".person summary").click()
    page.get_by_role("button", name="I am back").click()
    expect(page.locator("main")).not_to_contain_text("You are away")


def test_what_is_reserved_for_a_colleague_says_so(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit("ads/metrics")
    anna = signed_in_page("Anna", "agent", "ads")
    claim(anna, reference)
    anna.locator("#reply-message").fill("We look at it.")
    anna.get_by_role("button", name="Send and wait").click()
    anna.wait_for_url("**done=replied")
    triage.follow_up(reference, message="And now?")
    bo = signed_in_page("Bo", "agent", "ads")
    expect(bo.locator(f'[data-reference="{reference}"]')).to_contain_text("reserved for Anna")
    bo.goto(f"/tickets/{reference}")
    expect(bo.locator(".claim-bar")).to_contain_text("Reserved for Anna until")
    anna.goto(f"/tickets/{reference}")
    expect(anna.locator(".claim-bar")).to_contain_text("Reserved for you until")


def test_the_owner_is_changed_on_the_ticket(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit("ads/metrics")
    page = signed_in_page("Anna", "agent", "ads")
    page.goto(f"/tickets/{reference}")
    side = page.get_by_role("complementary")
    expect(side).to_contain_text("Nobody yet")
    side.get_by_text("Change the owner").click()
    side.get_by_role("button", name="Change").click()
    page.wait_for_url("**done=owner_changed")
    expect(side).to_contain_text(re.compile(r"Anna\s+\(you\)"))
    expect(page.locator(".thread")).to_contain_text("gave it to Anna")


@pytest.mark.parametrize("width", [1280, 1024, 390])
def test_the_form_to_reassign_opens_below_the_heading(triage: Triage, signed_in_page: OpenSignedIn, width: int) -> None:
    page = signed_in_page("Anna", "agent", "ads", width=width)
    reference = triage.submit("ads/metrics")
    triage.rows("update triage.tickets set owner = (select id from auth.users) where reference = :r", r=reference)
    page.goto("/yours")
    heading, button = page.locator("h1"), page.locator(".reassign summary")
    closed = heading.bounding_box(), button.bounding_box()
    button.click()
    assert (heading.bounding_box(), button.bounding_box()) == closed
    form = page.locator(".reassign form").bounding_box()
    assert form
    assert closed[0]
    assert closed[1]
    assert form["y"] >= max(box["y"] + box["height"] for box in closed if box) - 1
    if width > 390:
        assert abs((closed[0]["y"] + closed[0]["height"] / 2) - (closed[1]["y"] + closed[1]["height"] / 2)) < 4
    else:
        assert closed[1]["y"] >= closed[0]["y"] + closed[0]["height"]


def test_what_being_away_means_stands_on_its_own_line(signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    page.locator(".person summary").click()
    page.get_by_role("button", name="I am away").click()
    page.locator(".person summary").click()
    button = page.get_by_role("button", name="I am back").bounding_box()
    hint = page.locator(".person").get_by_text("Nothing is reserved for you.").bounding_box()
    assert button
    assert hint
    assert hint["y"] >= button["y"] + button["height"] - 1
