"""Live updates of the console, presence and notifications, with the process of live updates beside it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from shared.auth.users import ensure_user, find_user
from tests.browser.console.conftest import PASSWORD, OpenSignedIn
from tests.browser.looks import too_wide, violations, violations_in_both
from tests.faults.served import served
from tests.integration.triage.conftest import Triage

# A poll without a stream comes after 8 s at the earliest; that it is not what is seen, `is_live` makes sure.
LIVE = "import('/console/static/live.js').then((live) => live.isLive())"


@pytest.fixture(autouse=True)
def live(environment: dict[str, str], site: str, live_base: int) -> Iterator[None]:
    with served("live", environment, live_base, VIDARE_TRIAGE_URL=site):
        yield


def test_a_queue_announces_new_tickets_at_once(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    page.wait_for_function(LIVE)
    reference = triage.submit(subject="It just came")
    page.get_by_role("button", name="Show 1 new ticket").click()
    expect(page.locator(f'[data-reference="{reference}"]')).to_be_visible()


def test_tabs_share_one_stream_and_the_next_takes_over(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    first = signed_in_page("Anna", "agent", "ads")
    first.wait_for_function(LIVE)
    second = first.context.new_page()
    opened: list[str] = []
    second.on("request", lambda sent: opened.append(sent.url))
    second.goto("/queues/ads")
    second.wait_for_function(LIVE)
    assert [url for url in opened if "/v1/live" in url] == []
    with second.expect_response(lambda answer: "/v1/live" in answer.url):
        first.close()
    second.wait_for_function(LIVE)
    assert len([url for url in opened if "/v1/live" in url]) == 1
    triage.submit(subject="It just came")
    expect(second.get_by_role("button", name="Show 1 new ticket")).to_be_visible()


def test_a_ticket_shows_what_was_written_and_keeps_what_is_being_written(
    triage: Triage, signed_in_page: OpenSignedIn
) -> None:
    reference = triage.submit("ads/metrics", name="Maja")
    page = signed_in_page("Anna", "agent", "ads")
    page.goto(f"/tickets/{reference}")
    page.locator("#claim button").click()
    page.wait_for_url("**done=claimed")
    page.wait_for_function(LIVE)
    page.locator("#reply-message").fill("I am writing")
    triage.follow_up(reference, message="And one more thing")
    news = page.get_by_role("button", name="Maja wrote again: show it")
    expect(news).to_be_visible()
    expect(page.locator("#reply-message")).to_be_focused()
    expect(page.locator("#conversation")).not_to_contain_text("one more thing")
    seen = page.locator('[data-panel="reply"] [name=seen]').input_value()
    news.click()
    expect(page.locator("#conversation")).to_contain_text("And one more thing")
    expect(page.locator("#reply-message")).to_have_value("I am writing")
    assert page.locator('[data-panel="reply"] [name=seen]').input_value() != seen
    expect(news).to_be_hidden()
    page.get_by_role("button", name="Send and keep claimed").click()
    page.wait_for_url("**done=replied")


def test_yours_announces_changes(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Anna", "agent", "ads")
    reference = triage.submit("ads/metrics")
    triage.rows("update triage.tickets set owner = (select id from auth.users where email = 'anna@example.org')")
    page.goto("/yours")
    page.wait_for_function(LIVE)
    triage.follow_up(reference, message="And now?")
    page.get_by_role("button", name="Your tickets have changed: show them").click()
    expect(page.locator("#rows")).to_contain_text("And now?")


def test_colleagues_see_who_views_and_who_writes(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit("ads/metrics")
    anna, bo = (signed_in_page(name, "agent", "ads") for name in ("Anna", "Bo"))
    for page in (anna, bo):
        page.goto(f"/tickets/{reference}")
        page.wait_for_function(LIVE)
    present = anna.locator("[data-present]")
    expect(present).to_have_text("Bo is viewing this ticket.")
    expect(bo.locator("[data-present]")).to_have_text("Anna is viewing this ticket.")
    bo.keyboard.press("i")
    bo.locator("#note-message").press_sequentially("Hello")
    expect(present).to_have_text("Bo is writing.")
    assert violations(anna) == []
    bo.goto("/queues/ads")
    expect(present).to_be_hidden()


def test_a_mention_is_counted_shown_and_read(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    with triage.engine.begin() as connection:
        ensure_user(connection, "cleo@example.org", "Cleo", "agent", ["billing"], PASSWORD)
    reference = triage.submit("ads/metrics")
    anna, bo = (signed_in_page(name, "agent", "ads") for name in ("Anna", "Bo"))
    bo.goto("/queues/ads")
    bo.wait_for_function(LIVE)
    expect(bo.locator("[data-inbox] .count")).to_be_hidden()
    anna.goto(f"/tickets/{reference}?do=note")
    anna.locator("#note-message").fill("@bo and @cleo, a word?")
    anna.get_by_role("button", name="Save internal note").click()
    expect(anna.locator(".message.note")).to_contain_text("notified Bo")
    expect(anna.locator(".message.note")).to_contain_text("may not read this ticket: cleo@example.org")
    expect(bo.locator("[data-inbox] .count")).to_have_text("1")
    bo.keyboard.press("f")
    bo.wait_for_url("**/notifications")
    row = bo.locator(".notifications li")
    expect(row).to_contain_text(f"Anna mentioned you in an internal note {reference}")
    assert violations(bo) == []
    bo.keyboard.press("j")
    with bo.expect_response("**/presence"):
        bo.keyboard.press("Enter")
    bo.wait_for_url(f"**/tickets/{reference}**")
    expect(bo.locator(".message.note")).to_contain_text("a word?")
    bo.goto("/notifications")
    expect(bo.locator(".notifications .unread")).to_have_count(0)
    expect(bo.locator("[data-inbox] .count")).to_be_hidden()


def test_notifications_work_without_scripts(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Bo", "agent", "ads", scripts=False)
    page.goto("/notifications")
    expect(page.locator("main")).to_contain_text("Nothing yet")
    with triage.engine.begin() as connection:
        account = find_user(connection, "bo@example.org").id
    triage.rows(
        "insert into triage.notifications (account, kind, ticket) select :account, 'mention', :ticket from generate_series(1, 2)",
        account=account,
        ticket=triage.submit("ads/metrics"),
    )
    page.reload()
    page.get_by_role("button", name="Mark as read").first.click()
    expect(page.locator(".notifications .unread")).to_have_count(1)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".notifications .unread")).to_have_count(0)


def test_the_browsers_own_notifications_are_asked_for_by_a_button(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Bo", "agent", "ads")
    page.context.grant_permissions(["notifications"])
    page.add_init_script(
        "window.asked = 0; Notification.requestPermission = async () => { window.asked += 1; return 'granted'; }"
    )
    page.goto("/notifications")
    button = page.locator("[data-desktop-button]")
    expect(button).to_have_text("Show them")
    assert page.evaluate("window.asked") == 0
    button.click()
    expect(button).to_have_text("Stop")
    assert page.evaluate("window.asked") == 1
    button.click()
    expect(button).to_have_text("Show them")


def test_looks(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    page = signed_in_page("Bo", "agent", "ads")
    triage.rows(
        "insert into triage.notifications (account, kind, ticket, facts) select id, 'mention', :ticket, :facts from auth.users",
        ticket=triage.submit("ads/metrics"),
        facts='{"by": "Anna"}',
    )
    page.goto("/notifications")
    assert violations_in_both(page) + too_wide(page) == []
