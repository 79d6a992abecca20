"""A file survives an error elsewhere, and Enter in a field sends the form, with and without scripts."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@SCRIPTS
def test_the_file_is_kept_and_sent_with_the_corrected_form(open_page: OpenPage, tmp_path: Path, scripts: bool) -> None:
    Image.new("RGB", (16, 16), "green").save(tmp_path / "proof.png")
    page = open_page("en", scripts)
    page.goto("/help/account/login/note")
    page.locator("#message").fill("It is gone.")
    page.locator("#attachment").set_input_files(tmp_path / "proof.png")
    page.locator("#note button.main").click()
    expect(page.locator(".kept")).to_contain_text("proof.png")
    page.locator("#email").fill("anna@example.org")
    page.locator("#name").fill("Anna")
    page.locator("#name").press("Enter")
    expect(page.locator("h1")).to_have_text("We have your note")
    expect(page.locator("#thread")).to_contain_text("proof.png")


@SCRIPTS
def test_remove_brings_the_field_back(open_page: OpenPage, tmp_path: Path, scripts: bool) -> None:
    Image.new("RGB", (16, 16), "green").save(tmp_path / "proof.png")
    page = open_page("sv", scripts)
    page.goto("/help/account/login/note?lang=sv")
    page.locator("#message").fill("Den är borta.")
    page.locator("#attachment").set_input_files(tmp_path / "proof.png")
    page.locator("#note button.main").click()
    page.get_by_role("button", name="Ta bort proof.png").click()
    expect(page.locator("#attachment")).to_have_attribute("type", "file")
    expect(page.locator("#message")).to_have_value("Den är borta.")
