""" "Did you mean …?" beside an e-mail field: by the script as the field is left, by the server where the form is shown again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import violations
from tests.samples.likely_addresses import LIKELY, SILENT

FORM = "/help/account/login/note"
EACH_LOOK = pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 390), ("sv", "light", 1280), ("en", "dark", 1280), ("sv", "dark", 390)],
)
LINE = ".question:has(#email) .likely"
QUESTION = {"en": "Did you mean anna@gmail.com?", "sv": "Menade du anna@gmail.com?"}
# As if it had been written and left.
ENTER = """(entered) => {
  const field = document.getElementById("email");
  field.type = "text"; // an e-mail field's own clean-up would hide what the rule does with blanks
  return entered.map((one) => {
    field.value = one;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    const line = document.querySelector(".likely");
    return line.firstElementChild.hidden ? null : line.querySelector("strong").textContent;
  });
}"""


def shown_again(page: Page, email: str) -> None:
    """The form as it comes back with an error elsewhere."""
    page.goto(FORM)
    page.locator("#email").fill(email)
    page.locator("#note button.main").click()
    expect(page.locator(".summary")).to_be_visible()


def test_the_script_knows_what_the_server_knows(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(FORM)
    entered = [*LIKELY, *SILENT]
    assert dict(zip(entered, page.evaluate(ENTER, entered), strict=True)) == {**LIKELY, **dict.fromkeys(SILENT)}


@EACH_LOOK
def test_one_click_takes_it(open_page: OpenPage, language: str, scheme: str, width: int) -> None:
    page = open_page(language, scheme=scheme, width=width)
    page.goto(FORM)
    line = page.locator(LINE)
    page.locator("#email").fill("anna@gmial.com")
    expect(line.locator("strong")).to_be_hidden()
    page.locator("#email").press("Tab")
    expect(line).to_contain_text(QUESTION[language])
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    line.get_by_role("button").click()
    expect(page.locator("#email")).to_have_value("anna@gmail.com")
    expect(page.locator("#email")).to_be_focused()
    expect(line.locator("strong")).to_be_hidden()


def test_it_never_keeps_the_form_from_being_sent(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(FORM)
    page.locator("#message").fill("It is gone.")
    page.locator("#email").fill("anna@gmial.com")
    page.locator("#email").press("Enter")
    expect(page.locator("h1")).to_have_text("We have your note")


def test_send_stays_under_the_pointer_while_it_is_pressed(open_page: OpenPage) -> None:
    page = open_page()
    page.set_viewport_size({"width": 1200, "height": 2600})  # nothing to scroll, which would hide a move
    page.goto(FORM)
    page.locator("#message").fill("It is gone.")
    page.locator("#email").fill("anna@gmial.com")
    send = page.locator("#note button.main")
    box = send.bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 3)
    page.mouse.down()
    expect(page.locator("#email")).not_to_be_focused()
    assert send.bounding_box() == box
    page.mouse.up()
    expect(page.locator("h1")).to_have_text("We have your note")


@pytest.mark.parametrize("scripts", [True, False])
@EACH_LOOK
def test_the_form_that_comes_back_asks(
    open_page: OpenPage, language: str, scheme: str, width: int, scripts: bool
) -> None:
    page = open_page(language, scripts, scheme, width)
    shown_again(page, "anna@gmial.com")
    expect(page.locator(LINE)).to_contain_text(QUESTION[language])
    page.locator(LINE).get_by_role("button").click()
    expect(page.locator("#email")).to_have_value("anna@gmail.com")
    page.locator("#message").fill("It is gone.")
    page.locator("#email").press("Enter")
    expect(page.locator(".reference")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_sends_the_address_as_it_is(open_page: OpenPage, scripts: bool) -> None:
    page = open_page("en", scripts)
    page.goto("/t")
    page.locator("#email").fill("anna@gmail,com")
    page.locator("form.questions button.main").click()
    expect(page.locator(LINE)).to_contain_text(QUESTION["en"])
    page.locator("#email").fill("anna@gnail.com")
    page.locator("#email").press("Enter")
    expect(page.get_by_role("heading", name="Look in your e-mail")).to_be_visible()
