"""An agent's work in a real browser: keyboard, live updates, drafts, two agents at once."""

import re

from playwright.sync_api import Page, expect

from shared.auth.users import ensure_user
from tests.browser.console.conftest import PASSWORD, OpenSignedIn, sign_in
from tests.integration.triage.conftest import Triage


def poll(page: Page) -> None:
    """Make the page poll for news now instead of in a few seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_ticket_is_claimed_and_answered_with_the_keyboard(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    triage.submit(subject="The second")
    triage.rows("update triage.tickets set respond_by = respond_by + interval '1 hour'")
    reference = triage.submit(subject="The first")
    page = signed_in_page("Anna", "agent", "ads")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{reference}")
    page.keyboard.press("c")
    page.wait_for_url("**done=claimed")
    page.keyboard.press("d")
    expect(page.get_by_role("group", name="Why can it not be approved?")).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("r")
    page.locator("#reply-message").fill("Hello, we are on it.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**done=replied")
    expect(page.locator(".thread")).to_contain_text("Hello, we are on it.")
    page.keyboard.press("u")
    page.wait_for_url("**/queues/ads")


def test_the_shortcuts_dialog_opens_and_single_keys_can_be_switched_off(signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.get_by_label("Single-key shortcuts are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()
    page.reload()
    page.keyboard.press("?")
    page.get_by_label("Single-key shortcuts are on").check()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()


def test_new_tickets_are_announced_and_shown_on_a_click(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    triage.submit(subject="The old one")
    page = signed_in_page("Anna", "agent", "ads")
    triage.submit(subject="The new one")
    row = page.locator("#rows .row")
    before = row.bounding_box()
    poll(page)
    button = page.get_by_role("button", name="Show 1 new ticket")
    expect(button).to_be_visible()
    assert row.bounding_box() == before, "a click under way would open another ticket"
    expect(page.locator("#rows [data-row]")).to_have_count(1)
    button.click()
    expect(page.locator("#rows [data-row]")).to_have_count(2)


def test_new_tickets_of_the_next_page_are_not_announced(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    for number in range(51):
        triage.submit(subject=f"Number {number}")
    page = signed_in_page("Anna", "agent", "ads")
    triage.submit(subject="The last one")
    with page.expect_response("**/news"):
        poll(page)
    expect(page.locator(".tabs [data-team=ads] .count")).to_have_text("52")
    expect(page.locator(".news button")).to_be_hidden()
    urgent = triage.submit(subject="The first one")
    triage.rows("update triage.tickets set respond_by = clock_timestamp() where reference = :r", r=urgent)
    poll(page)
    expect(page.get_by_role("button", name="Show 1 new ticket")).to_be_visible()


def test_a_ticket_that_two_agents_claim_belongs_to_the_first(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit(subject="Wanted by both")
    anna, bertil = signed_in_page("Anna", "agent", "ads"), signed_in_page("Bertil", "agent", "ads")
    bertil.goto(f"/tickets/{reference}")
    anna.keyboard.press("c")
    anna.wait_for_url(f"**/tickets/{reference}")
    bertil.keyboard.press("c")
    expect(bertil.locator("main")).to_contain_text("Anna was quicker and has this ticket.")
    bertil.goto(f"/tickets/{reference}")
    expect(bertil.locator(".claim-bar")).to_contain_text("Claimed by Anna")
    assert [claim.holder_name for claim in triage.rows("select holder_name from triage.claims")] == ["Anna"]


def test_a_claimed_ticket_is_struck_out_in_other_pages(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit(subject="Wanted by both")
    anna, bertil = signed_in_page("Anna", "agent", "ads"), signed_in_page("Bertil", "agent", "ads")
    anna.keyboard.press("c")
    anna.wait_for_url("**/tickets/*")
    poll(bertil)
    expect(bertil.locator(f'[data-reference="{reference}"]')).to_have_class(re.compile("gone"))


def test_a_draft_survives_a_reload_and_a_lost_session(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    triage.submit()
    page = signed_in_page("Anna", "agent", "ads")
    page.keyboard.press("c")
    page.wait_for_url("**/tickets/*")
    page.locator("#reply-message").fill("Half an ans")
    page.reload()
    expect(page.locator("#reply-message")).to_have_value("Half an ans")
    triage.rows("delete from auth.sessions")
    page.locator("#reply-message").fill("Half an answer")
    page.get_by_role("button", name="Send and wait for an answer").click()
    page.locator("#email").wait_for()
    sign_in(page, "anna@example.org")
    expect(page.locator("#reply-message")).to_have_value("Half an answer")
    page.get_by_role("button", name="Send and resolve").click()
    page.wait_for_url("**done=replied")
    assert page.evaluate("sessionStorage.length") == 0


def test_checkboxes_are_restored_too_but_not_for_another_person_in_the_same_tab(
    triage: Triage, signed_in_page: OpenSignedIn
) -> None:
    reference = triage.submit("ads/disapproved")
    page = signed_in_page("Anna", "agent", "ads")
    page.goto(f"/tickets/{reference}")
    page.keyboard.press("c")
    page.wait_for_url("**done=claimed")
    page.keyboard.press("d")
    form = page.get_by_role("form", name="Disapprove")
    form.get_by_role("checkbox").nth(1).check()
    form.locator("textarea").fill("Sorry.")
    page.reload()
    expect(form.get_by_role("checkbox").nth(1)).to_be_checked()
    triage.rows("delete from auth.sessions")
    page.goto(f"/tickets/{reference}?do=disapprove")
    with triage.engine.begin() as connection:
        ensure_user(connection, "lena@example.org", "Lena", "lead", ["ads"], PASSWORD)
    sign_in(page, "lena@example.org")
    page.get_by_role("button", name="Take it over").click()
    page.wait_for_url("**done=taken-over")
    page.keyboard.press("d")
    expect(form.locator("textarea")).to_have_value("")
    expect(form.get_by_role("checkbox").nth(1)).not_to_be_checked()


def test_a_second_draft_survives_a_reload_too(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    triage.submit()
    page = signed_in_page("Anna", "agent", "ads")
    page.keyboard.press("c")
    page.wait_for_url("**/tickets/*")
    page.locator("#reply-message").fill("The first")
    page.get_by_role("button", name="Send and keep claimed").click()
    page.wait_for_url("**done=replied")
    expect(page.locator("#reply-message")).to_have_value("")
    page.locator("#reply-message").fill("The second")
    page.reload()
    expect(page.locator("#reply-message")).to_have_value("The second")


def test_a_draft_survives_a_new_sign_in_in_another_tab(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit()
    page = signed_in_page("Anna", "agent", "ads")
    page.goto(f"/tickets/{reference}?do=note")
    page.locator("#note-message").fill("Half a thought")
    triage.rows("delete from auth.sessions")
    other = page.context.new_page()
    other.goto("/login")
    sign_in(other, "anna@example.org")
    page.get_by_role("button", name="Save internal note").click()
    page.get_by_role("link", name="Back to the page").click()
    expect(page.locator("#note-message")).to_have_value("Half a thought")
    page.get_by_role("button", name="Save internal note").click()
    expect(page.locator(".thread")).to_contain_text("Half a thought")


def test_news_of_a_ticket_is_announced_and_leaves_the_form_alone(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit()
    page = signed_in_page("Anna", "agent", "ads")
    page.keyboard.press("c")
    page.wait_for_url("**/tickets/*")
    page.locator("#reply-message").fill("I am typing")
    before = page.locator(".claim-bar").bounding_box()
    triage.follow_up(reference, message="One more thing")
    poll(page)
    expect(page.get_by_role("button", name="Anna wrote again: show it")).to_be_visible()
    assert page.locator(".claim-bar").bounding_box() == before
    expect(page.locator("#reply-message")).to_have_value("I am typing")


def test_a_lead_takes_over_a_claim(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit()
    anna = signed_in_page("Anna", "agent", "ads")
    anna.keyboard.press("c")
    anna.wait_for_url("**/tickets/*")
    lena = signed_in_page("Lena", "lead", "ads")
    lena.goto(f"/tickets/{reference}")
    lena.get_by_role("button", name="Take it over").click()
    expect(lena.locator(".claim-bar")).to_contain_text("Claimed by you")
    anna.locator("#reply-message").fill("Too late")
    anna.get_by_role("button", name="Send and wait for an answer").click()
    expect(anna.locator("main")).to_contain_text("Claimed by Lena")
    expect(anna.get_by_label("What you wrote:")).to_have_value("Too late")


def test_the_console_works_without_scripts(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    triage.submit()
    page = signed_in_page("Anna", "agent", "ads", scripts=False)
    page.get_by_role("button", name="Claim next").click()
    page.get_by_role("link", name="Internal note", exact=True).click()
    page.locator("#note-message").fill("Without scripts")
    page.get_by_role("button", name="Save internal note").click()
    expect(page.locator(".thread")).to_contain_text("Without scripts")
    page.locator(".person summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("main")).to_contain_text("You are signed out.")
