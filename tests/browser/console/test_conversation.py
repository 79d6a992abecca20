"""A ticket's conversation in a browser: order, folded events, files shown large."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from services.triage.settings import TriageSettings
from shared.attachment_types import ATTACHMENT_TYPES
from shared.events.contracts import email_state_changed
from shared.settings import read
from shared.storage.object_store import ObjectStore
from tests.browser.console.conftest import OpenSignedIn
from tests.browser.console.scenes import claim
from tests.browser.looks import violations
from tests.integration.triage.conftest import Triage

SAMPLES = {one.name: one for one in ATTACHMENT_TYPES}


@pytest.fixture
def store(environment: dict[str, str]) -> ObjectStore:
    made = ObjectStore(read(TriageSettings, environment))
    made.ensure_bucket()
    return made


@pytest.fixture
def allowed_origins(environment: dict[str, str], live_url: str) -> tuple[str, ...]:
    """Pictures come from the store; Chromium's reader of PDFs is an extension, with style and fonts of Chromium's own."""
    return read(TriageSettings, environment).s3_url, live_url, "chrome-extension:", "chrome://resources/"


def test_messages_stand_oldest_first_with_events_folded_between(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    reference = triage.submit("ads/metrics", subject="My ad", name="Maja", message="It is gone.\nSee https://a.example")
    page = signed_in_page("Anna", "agent", "ads")
    claim(page, reference)
    page.locator("#reply-message").fill("We **look** at it.")
    page.get_by_role("button", name="Send and keep claimed").click()
    page.wait_for_url("**done=replied")
    bounced = {"email": str(uuid4()), "kind": "reply", "state": "bounced", "because": "no such user"}
    triage.take(email_state_changed(reference, "c", bounced))
    triage.follow_up(reference, message="Thank you!")
    page.goto(f"/tickets/{reference}")
    messages = page.locator(".thread > .message")
    expect(messages).to_have_count(3)
    for number, words in enumerate(("It is gone.", "We look at it.", "Thank you!")):
        expect(messages.nth(number)).to_contain_text(words)
    expect(messages.nth(0).get_by_role("link", name="https://a.example")).to_be_visible()
    expect(messages.nth(1).locator("strong", has_text="look")).to_be_visible()
    folded = page.locator(".thread details", has_text="2 events")
    expect(folded).to_have_count(1)
    expect(folded.get_by_text("claimed it")).to_be_hidden()
    expect(page.locator(".thread .trouble")).to_contain_text("bounced (no such user)")
    page.locator("summary", has_text="2 events").focus()
    page.keyboard.press("Enter")
    expect(folded.get_by_text("claimed it")).to_be_visible()
    newest = messages.nth(2).bounding_box()
    composer = page.locator(".actions").bounding_box()
    assert newest is not None
    assert composer is not None
    assert newest["y"] < composer["y"]
    assert violations(page) == []


def test_files_are_shown_large_in_place(triage: Triage, signed_in_page: OpenSignedIn, store: ObjectStore) -> None:
    reference = _with_files(triage, store)
    page = signed_in_page("Anna", "agent", "ads")
    page.goto(f"/tickets/{reference}")
    page.get_by_role("link", name="first.png").click()
    viewer = page.get_by_role("dialog", name="first.png")
    picture = viewer.get_by_role("img", name="first.png")
    expect(picture).to_be_visible()
    assert picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") == 1
    assert violations(page) == []
    page.keyboard.press("ArrowRight")
    expect(page.locator("#viewer")).to_contain_text("second.gif")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#viewer iframe")).to_have_attribute("title", "third.pdf")
    expect(page.locator("#viewer")).to_contain_text("3 of 3")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#viewer")).to_contain_text("2 of 3")
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.get_by_role("link", name="first.png")).to_be_focused()


def test_without_scripts_a_file_is_a_link(triage: Triage, signed_in_page: OpenSignedIn, store: ObjectStore) -> None:
    reference = _with_files(triage, store)
    page = signed_in_page("Anna", "agent", "ads", scripts=False)
    page.goto(f"/tickets/{reference}")
    for name in ("first.png", "third.pdf"):
        link = page.get_by_role("link", name=name).get_attribute("href")
        answer = page.request.get(str(link))
        assert answer.headers["content-disposition"].startswith("inline")
    download = page.request.get(str(link).removesuffix("/view"))
    assert download.headers["content-disposition"].startswith("attachment")


def _with_files(triage: Triage, store: ObjectStore) -> str:
    files, names = [], {}
    for name, kind, state in (
        ("first.png", "png", "clean"),
        ("second.gif", "gif", "clean"),
        ("third.pdf", "pdf", "not_scanned"),
        ("bad.png", "png", "quarantined"),
    ):
        identity, sample = str(uuid4()), SAMPLES[kind]
        key = f"attachments/{identity}"
        store.put(key, sample.sample, sample.media_type)
        file: dict[str, Any] = {"id": identity, "object": key, "media_type": sample.media_type, "state": state}
        files.append({**file, "size": len(sample.sample), "sha256": "0" * 64})
        names[identity] = name
    return triage.submit("ads/metrics", attachments=files, attachment_names=names)
