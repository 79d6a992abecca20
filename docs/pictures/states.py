"""The states of pages that the pictures show."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page
from story import Story

FORM = "/help/ads/disapproved/note"


def _nothing(page: Page) -> None:
    """The page as it opens."""


@dataclass(frozen=True)
class State:
    """One picture. `who`: nobody signed in (None), or a team whose agent is, or `admin`; `url`: of the story; `prepare`: what is done on
    the page first."""

    name: str
    url: Callable[[Story], str]
    who: str | None = None
    width: int = 1280
    height: int = 860
    scheme: str = "light"
    prepare: Callable[[Page], None] = _nothing


def help_page(path: str) -> Callable[[Story], str]:
    """A page of the form."""
    return lambda story: story.stack["intake_url"] + path


def requester(name: str, language: str = "en") -> Callable[[Story], str]:
    """The requester's page of a ticket of the story."""
    return lambda story: f"{story.links[name]}&lang={language}"


def console(path: str) -> Callable[[Story], str]:
    """A page of the console; `{name}` stands for the reference of a ticket of the story."""
    return lambda story: story.stack["triage_url"] + path.format(**story.references)


def _with_errors(page: Page) -> None:
    page.get_by_role("button", name="Send").click()
    page.wait_for_load_state()


def _with_a_slip(page: Page) -> None:
    page.get_by_label("Your e-mail address").fill("anna@gmial.com")
    page.keyboard.press("Tab")


def _with_topics(page: Page) -> None:
    page.get_by_label("What happened?").fill("I cannot log in, I forgot my password and the mail never comes")
    page.wait_for_timeout(1500)


def _claimed(page: Page) -> None:
    claim = page.get_by_role("button", name="Claim it")
    if claim.count():
        claim.click()
        page.wait_for_load_state()


def _writing(page: Page) -> None:
    _claimed(page)
    page.get_by_label("Your answer").fill("Hello Kim,\n\nyes, **this one is right**: <https://example.org/lamps/1>")


def _large_picture(page: Page) -> None:
    page.get_by_role("link", name="lamp.png").first.click()
    page.wait_for_timeout(800)


def _menu(page: Page) -> None:
    page.keyboard.press("?")


def _suggested(page: Page) -> None:
    page.locator("#search-q").press_sequentially("lamp pri")
    page.wait_for_timeout(800)


def _selected(page: Page) -> None:
    for key in ("x", "j", "x"):
        page.keyboard.press(key)


def _saved_replies(page: Page) -> None:
    _claimed(page)
    page.locator("#reply-message").press("/")


PHONE = {"width": 390, "height": 844}
STATES = (
    State("topics", help_page("/help"), width=900),
    State("topics-found", help_page("/help?q=forgot+pasword"), width=900),
    State("topic-phone", help_page("/help/ads/disapproved"), **PHONE),
    State("form", help_page(FORM), width=900),
    State("form-dark-phone", help_page(FORM + "?lang=sv"), scheme="dark", **PHONE),
    State("form-errors", help_page(FORM), width=900, prepare=_with_errors),
    State("form-likely-address", help_page(FORM), width=900, prepare=_with_a_slip),
    State("form-suggested-topics", help_page("/help/account/other/note"), prepare=_with_topics),
    State("receipt", requester("held"), width=420, height=900),
    State("receipt-answered", requester("answered"), width=900, height=1100),
    State("thread", requester("answered by mail"), width=900, height=1300),
    State("thread-dark-phone", requester("answered by mail"), scheme="dark", width=390, height=1500),
    State("thread-swedish", requester("swedish by mail", "sv"), width=900, height=1100),
    State("thread-resolved", requester("resolved by mail"), width=900, height=1100),
    State("links", help_page("/t"), width=900),
    State("sign-in", console("/login"), height=560),
    State("queue-light", console("/queues/ads"), "ads", height=620),
    State("queue-dark", console("/queues/ads"), "ads", height=620, scheme="dark"),
    State("queue-phone", console("/queues/ads"), "ads", **PHONE),
    State("queue-waiting", console("/queues/ads?state=waiting"), "ads", height=480),
    State("ticket-light", console("/tickets/{answered}"), "ads", height=1200, prepare=_claimed),
    State("ticket-dark", console("/tickets/{answered}"), "ads", height=1200, scheme="dark", prepare=_claimed),
    State("ticket-phone", console("/tickets/{answered}"), "ads", width=390, height=1800, prepare=_claimed),
    State("ticket-writing", console("/tickets/{answered}"), "ads", height=1200, prepare=_writing),
    State("ticket-picture", console("/tickets/{answered}"), "ads", prepare=_large_picture),
    State("ticket-internal-note", console("/tickets/{open}?do=note"), "ads", height=1000),
    State("ticket-waiting", console("/tickets/{waiting}"), "ads", height=1000),
    State("ticket-held", console("/tickets/{held}"), "business", height=1000),
    State("ticket-resolved", console("/tickets/{resolved}"), "ads", height=1000),
    State("search", console("/search?q=disapproved"), "ads", height=620),
    State("search-suggested", console("/search"), "ads", height=620, prepare=_suggested),
    State("bulk-selected", console("/queues/ads"), "ads", height=620, prepare=_selected),
    State("merge", console("/tickets/{open}?do=merge"), "ads", height=1000),
    State("saved-replies", console("/tickets/{answered}"), "ads", height=1000, prepare=_saved_replies),
    State("shortcuts", console("/queues/ads"), "ads", height=760, prepare=_menu),
    State("rules", console("/rules"), "admin"),
    State("reports", console("/reports/service-levels"), "admin"),
    State("reports-daily", console("/reports/volume"), "admin"),
    State("audit", console("/audit"), "admin", height=620),
)
