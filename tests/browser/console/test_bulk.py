"""Selecting tickets by keyboard and mouse, acting on all of them, and undo."""

from uuid import UUID

from playwright.sync_api import Page, expect

from services.triage.bulk.run_chunk import run_chunk
from services.triage.timers.fill_search import fill_search
from tests.browser.console.conftest import OpenSignedIn
from tests.browser.console.layout import wrong_at
from tests.browser.looks import violations_in_both
from tests.integration.triage.conftest import Triage


def _run(triage: Triage) -> None:
    [row] = triage.rows("select id, step from triage.bulks")
    step: int | None = row.step
    while step is not None:
        step = run_chunk(triage.engine, triage.rulesets, UUID(str(row.id)), step)


def _ticked(page: Page) -> list[bool]:
    return [box.is_checked() for box in page.locator("#rows .pick input").all()]


def test_x_shift_x_and_escape_select_ranges_and_nothing(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    for _ in range(4):
        triage.submit()
    page = signed_in_page("Anna", "agent", "ads")
    bar = page.locator("#bulk")
    expect(bar).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_contain_text("1 selected")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(bar).to_contain_text("3 selected")
    assert _ticked(page) == [True, True, True, False]
    page.keyboard.press("x")
    assert _ticked(page) == [True, True, False, False]
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    assert not any(_ticked(page))
    page.locator("#rows .pick input").nth(1).click()
    page.locator("#rows .pick input").nth(3).click(modifiers=["Shift"])
    assert _ticked(page) == [False, True, True, True]
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_contain_text("Select the ticket")


def test_selected_tickets_are_transferred_and_restored_by_keyboard(
    triage: Triage, signed_in_page: OpenSignedIn
) -> None:
    references = sorted(triage.submit() for _ in range(3))
    page = signed_in_page("Anna", "agent", "ads")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_role("button", name="Transfer").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Transfer: 2 tickets")
    page.get_by_label("To the team").select_option("billing")
    page.get_by_label("What should the team know?").fill("About money.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#how-far")).to_contain_text("0 of 2 tickets")
    assert wrong_at(page) + violations_in_both(page) == []
    _run(triage)
    expect(page.locator("#how-far")).to_contain_text("2 of 2 tickets: 2 done")
    expect(page.locator("#undo")).to_contain_text("min left")
    page.keyboard.press("z")
    expect(page.locator("#how-far")).to_contain_text("0 of 2 tickets")
    _run(triage)
    expect(page.locator("#how-far")).to_contain_text("2 of 2 tickets: 2 undone")
    assert {triage.ticket(one).team for one in references} == {"ads"}


def test_all_of_a_search_are_counted_when_one_is_selected(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    for _ in range(51):
        triage.submit(message="a zebra")
    with triage.engine.begin() as connection:
        fill_search(connection)
    page = signed_in_page("Anna", "agent", "ads")
    page.goto("/search?q=zebra")
    page.keyboard.press("x")
    page.get_by_label("all 51 of this search").check()
    page.get_by_role("button", name="Tags").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tags: 51 tickets with “zebra”")


def test_bar_form_and_results_fit(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    # One, since the bar stays in view and would cover rows.
    triage.submit("ads/disapproved", subject="My advertisement about homemade candles was disapproved")
    page = signed_in_page("Anna", "agent", "ads")
    page.keyboard.press("x")
    expect(page.locator("#bulk")).to_contain_text("1 selected")
    assert wrong_at(page) + violations_in_both(page) == []
    page.get_by_role("button", name="Resolve").click()
    assert wrong_at(page) + violations_in_both(page) == []
    page.get_by_role("button", name="Resolve: 1 ticket").click()
    _run(triage)
    expect(page.locator("#how-far")).to_contain_text("1 done")
    assert wrong_at(page) + violations_in_both(page) == []
