"""Writing to the requester and to colleagues."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console.conftest import OpenSignedIn
from tests.browser.console.layout import wrong_on
from tests.browser.console.scenes import claim, submit_many
from tests.browser.looks import violations
from tests.integration.triage.conftest import Triage


@pytest.fixture
def claimed(triage: Triage, signed_in_page: OpenSignedIn) -> Page:
    page = signed_in_page("Anna", "agent", "ads")
    claim(page, triage.submit("ads/metrics", subject="My ad", name="Maja", message="It is gone."))
    return page


@pytest.mark.parametrize(
    ("chosen", "mark", "written"),
    [
        ("word", "Bold", "**word**"),
        ("word", "Italic", "*word*"),
        ("word", "Link", "[word](https://)"),
        ("https://a.example", "Link", "[words](https://a.example)"),
        ("one\ntwo", "List", "- one\n- two"),
        ("one\ntwo", "Quote", "> one\n> two"),
        ("word", "Code", "`word`"),
        ("one\ntwo", "Code", "```\none\ntwo\n```"),
    ],
)
def test_a_button_marks_what_is_chosen(claimed: Page, chosen: str, mark: str, written: str) -> None:
    area = claimed.locator("#reply-message")
    area.fill(chosen)
    area.select_text()
    claimed.get_by_role("form", name="Reply").get_by_role("button", name=mark, exact=True).click()
    expect(area).to_have_value(written)
    area.press("Control+z")
    expect(area).to_have_value(chosen)


def test_keys_mark_and_take_marks_off_and_the_bar_is_one_stop(claimed: Page) -> None:
    area = claimed.locator("#reply-message")
    area.fill("word")
    area.select_text()
    area.press("Control+b")
    expect(area).to_have_value("**word**")
    area.press("Control+b")
    expect(area).to_have_value("word")
    area.press("Control+i")
    expect(area).to_have_value("*word*")
    area.press("Shift+Tab")
    bar = claimed.get_by_role("form", name="Reply").get_by_role("toolbar", name="Formatting")
    expect(bar.get_by_role("button", name="Bold")).to_be_focused()
    claimed.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Italic")).to_be_focused()
    claimed.keyboard.press("Tab")
    expect(area).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_message_that_came_meanwhile_is_shown_before_anything_is_sent(
    triage: Triage, signed_in_page: OpenSignedIn, scripts: bool
) -> None:
    reference = triage.submit("ads/metrics", subject="My ad", name="Maja", message="It is gone.")
    page = signed_in_page("Anna", "agent", "ads", scripts=scripts)
    claim(page, reference)
    triage.follow_up(reference, message="Never mind, it is back!")
    page.locator("#reply-message").fill("We look at it.")
    page.get_by_role("button", name="Send and resolve").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Maja has written while you were writing.")
    expect(alert).to_contain_text("Never mind, it is back!")
    expect(page.locator(".message.is-new")).to_contain_text("Never mind, it is back!")
    expect(page.locator("#reply-message")).to_have_value("We look at it.")
    assert "replied" not in triage.timeline(reference)
    if scripts:
        assert violations(page) == []
        expect(page.locator("#reply-message")).to_be_focused()
        page.set_viewport_size({"width": 390, "height": 800})
        assert wrong_on(page) == []
    page.get_by_role("button", name="Send and resolve").click()
    page.wait_for_url("**done=replied")
    assert triage.timeline(reference).count("replied") == 1
    assert triage.ticket(reference).state == "resolved"


def test_a_waiting_ticket_that_opened_meanwhile_keeps_its_form(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    waiting = submit_many(triage, "anna@example.org")["waiting"]
    page.goto(f"/tickets/{waiting}")
    triage.follow_up(waiting, message="Here I am.")
    assert triage.ticket(waiting).state == "open"
    page.locator("#reply-message").fill("One more thing.")
    page.get_by_role("button", name="Send and wait").click()
    expect(page.get_by_role("alert")).to_contain_text("Here I am.")
    page.get_by_role("button", name="Send and wait").click()
    page.wait_for_url("**done=replied")
    assert triage.ticket(waiting).state == "waiting"


def test_waiting_and_held_tickets_are_answered_without_a_claim(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    made = submit_many(triage, "anna@example.org")
    for state, button in (("waiting", "Send and wait"), ("held", "Send, and still wait for evidence")):
        page.goto(f"/tickets/{made[state]}")
        page.locator("#reply-message").fill("One more thing.")
        page.get_by_role("button", name=button).click()
        page.wait_for_url("**done=replied")
        assert triage.ticket(made[state]).state == state
    page.goto(f"/tickets/{made['held']}?do=release")
    page.locator("#release-reason").fill("It is on the phone.")
    page.get_by_role("button", name="Open without evidence").click()
    page.wait_for_url("**done=released")
    assert triage.ticket(made["held"]).state == "open"


def test_an_internal_note_looks_like_no_answer_and_is_never_the_default(claimed: Page) -> None:
    expect(claimed.get_by_role("form", name="Reply")).to_be_visible()
    expect(claimed.get_by_role("form", name="Internal note")).to_be_hidden()
    answer = claimed.get_by_role("form", name="Reply").evaluate("(one) => getComputedStyle(one).backgroundColor")
    claimed.locator("h1").click()
    claimed.keyboard.press("i")
    form = claimed.get_by_role("form", name="Internal note")
    expect(form).to_contain_text("Only colleagues read this.")
    assert form.evaluate("(one) => getComputedStyle(one).backgroundColor") != answer
    form.locator("textarea").fill("She is **right**.")
    form.get_by_role("button", name="Save internal note").click()
    written = claimed.locator(".message.note")
    expect(written).to_contain_text("Internal note: only colleagues read this")
    expect(written.locator(".lock")).to_be_visible()
    expect(claimed.get_by_role("form", name="Reply")).to_be_visible()


def test_a_colleague_can_add_an_internal_note_while_another_works(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit("ads/metrics")
    claim(signed_in_page("Anna", "agent", "ads"), reference)
    bo = signed_in_page("Bo", "agent", "ads")
    bo.goto(f"/tickets/{reference}")
    expect(bo.locator(".claim-bar")).to_contain_text("Claimed by Anna")
    expect(bo.locator(".panel-tabs a")).to_have_text(["Internal note"])
    bo.get_by_role("link", name="Internal note").click()
    bo.locator("#note-message").fill("I know her.")
    bo.get_by_role("button", name="Save internal note").click()
    expect(bo.locator(".message.note")).to_contain_text("I know her.")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_very_email_is_previewed(triage: Triage, signed_in_page: OpenSignedIn, scripts: bool) -> None:
    reference = triage.submit("ads/metrics", subject="My ad", name="Maja", message="It is gone.")
    page = signed_in_page("Anna", "agent", "ads", scripts=scripts)
    claim(page, reference)
    page.locator("#reply-message").fill("We **look** at it.")
    with page.context.expect_page() as opened:
        page.get_by_role("form", name="Reply").get_by_role("button", name="Preview the e-mail").click()
    preview = opened.value
    expect(preview.get_by_role("heading", level=1)).to_contain_text("My ad")
    expect(preview.locator(".mail-text")).to_contain_text("We **look** at it.")
    expect(preview.locator(".mail-text")).to_contain_text("> It is gone.")
    inside = preview.frame_locator("iframe.preview-page")
    expect(inside.locator("strong", has_text="look")).to_be_visible()
    # The policy of the page leaves the e-mail its style.
    assert inside.locator("[style]").first.evaluate("(one) => one.style.length") > 0
    assert "replied" not in triage.timeline(reference)
    if scripts:
        assert violations(preview) + wrong_on(preview) == []
    page.locator("#reply-message").fill(" ")
    with page.context.expect_page() as opened:
        page.get_by_role("form", name="Reply").get_by_role("button", name="Preview the e-mail").click()
    expect(opened.value.locator("main")).to_contain_text("Write a few words first")
