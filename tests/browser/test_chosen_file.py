"""The form's file: a picture over the limit is made smaller, a screenshot is pasted, a file dropped."""

import random
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from shared.attachment_types import BY_EXTENSION
from tests.browser.conftest import OpenPage
from tests.browser.looks import violations
from tests.browser.test_likely_address import EACH_LOOK

LIMIT = 2 * 1024 * 1024
TOO_LARGE = "This file is too large: it must be smaller than 2 MB."
MADE_SMALLER = {"en": "Made smaller: 5.3 MB → 1.5 MB.", "sv": "Bilden har gjorts mindre: 5,3 MB → 1,5 MB."}
DROP = {"en": "paste a screenshot", "sv": "klistra in en skärmbild"}
CHOSEN = """async () => {
  const [file] = document.getElementById("attachment").files;
  const picture = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const colour = (x, y) => [...pen.getImageData(x, y, 1, 1).data].slice(0, 3);
  return { name: file.name, type: file.type, size: file.size, width: picture.width, height: picture.height,
    top: colour(picture.width / 2, 5), bottom: colour(picture.width / 2, picture.height - 5) };
}"""
# Chromium's encoder waits until the test calls release().
HOLD_ENCODER = """() => {
  const toBlob = HTMLCanvasElement.prototype.toBlob;
  const held = new Promise((resolve) => { window.release = resolve; });
  HTMLCanvasElement.prototype.toBlob = function (...given) { held.then(() => toBlob.apply(this, given)); };
}"""


def noise(width: int, height: int) -> Image.Image:
    """What no encoder makes much smaller."""
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))


def picture(name: str, **options: Any) -> FilePayload:
    """5.3 MB of noise, its upper edge red, as the file `name`."""
    image = noise(1600, 1200)
    image.paste("red", (0, 0, 1600, 40))
    body = BytesIO()
    image.save(body, "JPEG" if name.endswith("jpg") else "PNG", **options)
    return given(name, body.getvalue())


def given(name: str, body: bytes) -> FilePayload:
    kind = BY_EXTENSION.get(name.rpartition(".")[2])
    return {"name": name, "mimeType": kind.media_type if kind else "", "buffer": body}


def form(page: Page) -> Page:
    page.goto("/help/account/login/note")
    page.locator("#email").fill("anna@example.org")
    page.locator("#message").fill("It is gone.")
    return page


def carrying(page: Page, *names: str) -> Any:
    """What a drag carries: small pictures."""
    return page.evaluate_handle(
        """async (names) => {
          const carried = new DataTransfer();
          const canvas = document.createElement("canvas");
          const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
          for (const name of names) carried.items.add(new File([blob], name, { type: "image/png" }));
          return carried;
        }""",
        list(names),
    )


@EACH_LOOK
def test_a_large_picture_is_made_smaller_and_accepted(
    open_page: OpenPage, language: str, scheme: str, width: int
) -> None:
    page = form(open_page(language, scheme=scheme, width=width))
    page.locator("#attachment").set_input_files(picture("proof.png"))
    told = page.locator("[data-file] [role=status]")
    expect(told).to_have_text(MADE_SMALLER[language])
    chosen = page.evaluate(CHOSEN)
    assert (chosen["name"], chosen["type"]) == ("proof.jpg", "image/jpeg")
    assert chosen["size"] < LIMIT
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#note button.main").click()
    expect(page.locator("#thread")).to_contain_text("proof.jpg")


def test_quality_and_size_are_lowered_until_it_is_small_enough(open_page: OpenPage) -> None:
    page = form(open_page())
    body = BytesIO()
    noise(4000, 2000).save(body, "JPEG", quality=95)
    page.locator("#attachment").set_input_files(given("photo.jpg", body.getvalue()))
    expect(page.locator("[data-file] [role=status]")).to_contain_text("Made smaller", timeout=30_000)
    chosen = page.evaluate(CHOSEN)
    assert chosen["size"] < LIMIT
    assert 1500 < chosen["width"] < 4000
    assert abs(chosen["width"] - 2 * chosen["height"]) <= 1


def test_a_picture_stays_upright(open_page: OpenPage) -> None:
    page = form(open_page())
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by 90° to the right: its upper edge is then on the right
    image = noise(1600, 1200)
    image.paste("red", (0, 0, 100, 1200))  # its left edge is then above
    body = BytesIO()
    image.save(body, "JPEG", quality=100, exif=exif)
    assert body.tell() > LIMIT
    page.locator("#attachment").set_input_files(given("turned.jpg", body.getvalue()))
    expect(page.locator("[data-file] [role=status]")).to_contain_text("Made smaller")
    chosen = page.evaluate(CHOSEN)
    assert chosen["height"] > chosen["width"]
    assert chosen["top"][0] > 200
    assert chosen["top"][1] < 60
    assert chosen["bottom"][1] > 60 or chosen["bottom"][2] > 60


@pytest.mark.parametrize("name", ["broken.png", "broken.jpg", "photo.heic", "long.pdf", "moving.gif"])
def test_what_cannot_be_made_smaller_gets_the_usual_error(open_page: OpenPage, name: str) -> None:
    page = form(open_page())
    page.locator("#attachment").set_input_files(given(name, b"%PDF-1.4" + b"0" * LIMIT))
    expect(page.get_by_role("alert")).to_have_text(TOO_LARGE)
    assert page.evaluate("document.getElementById('attachment').files[0].name") == name
    assert violations(page) == []
    page.locator("#note button.main").click()
    expect(page.locator("#attachment")).to_be_focused()
    page.locator("#attachment").set_input_files(given("short.pdf", BY_EXTENSION["pdf"].sample))
    expect(page.get_by_role("alert")).to_have_count(0)
    page.locator("#note button.main").click()
    expect(page.locator("#thread")).to_contain_text("short.pdf")


def test_a_picture_below_the_limit_is_left_alone(open_page: OpenPage) -> None:
    page = form(open_page())
    body = BytesIO()
    noise(300, 300).save(body, "PNG")
    page.locator("#attachment").set_input_files(given("small.png", body.getvalue()))
    page.locator("#note button.main").click()
    expect(page.locator("#thread")).to_contain_text("small.png")


def test_work_that_lasts_is_shown_and_send_waits_for_it(open_page: OpenPage) -> None:
    page = form(open_page())
    page.evaluate(HOLD_ENCODER)
    page.locator("#attachment").set_input_files(picture("proof.png"))
    expect(page.locator("progress")).to_be_visible()
    expect(page.locator("[data-file] [role=status]")).to_have_text("Making the picture smaller …")
    assert violations(page) == []
    page.locator("#note button.main").dblclick()
    expect(page.locator("#message")).to_be_visible()
    page.evaluate("release()")
    expect(page.locator("#thread")).to_contain_text("proof.jpg")


def test_another_choice_ends_the_work(open_page: OpenPage) -> None:
    page = form(open_page())
    page.evaluate(HOLD_ENCODER)
    page.locator("#attachment").set_input_files(picture("proof.png"))
    page.locator("#attachment").set_input_files(given("short.pdf", BY_EXTENSION["pdf"].sample))
    page.evaluate("release()")
    page.locator("#note button.main").click()
    expect(page.locator("#thread")).to_contain_text("short.pdf")


@EACH_LOOK
def test_a_screenshot_is_pasted(open_page: OpenPage, language: str, scheme: str, width: int) -> None:
    page = form(open_page(language, scheme=scheme, width=width))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.get_by_text(DROP[language])).to_be_visible()
    page.evaluate("""async () => {
      const canvas = document.createElement("canvas");
      const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
      await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    }""")
    page.locator("#message").press("Control+v")
    expect(page.locator("[data-file] [role=status]")).to_contain_text("image.png")
    expect(page.locator("#message")).to_have_value("It is gone.")
    assert violations(page) == []
    page.locator("#note button.main").click()
    expect(page.locator("#thread")).to_contain_text("image.png")


def test_pasted_text_stays_text(open_page: OpenPage) -> None:
    page = form(open_page())
    prevented = page.evaluate("""() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "A table");
      clipboardData.items.add(new File(["x"], "table.png", { type: "image/png" }));
      const pasted = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
      document.getElementById("message").dispatchEvent(pasted);
      return pasted.defaultPrevented;
    }""")
    assert not prevented
    assert page.evaluate("document.getElementById('attachment').files.length") == 0


@pytest.mark.parametrize("where", ["form", "more"])
def test_a_file_is_dropped(open_page: OpenPage, where: str) -> None:
    page = form(open_page())
    if where == "more":
        page.locator("#note button.main").click()
        page.locator("#more").wait_for()
    carried = carrying(page, "dropped.png")
    page.dispatch_event("#message", "dragenter", {"dataTransfer": carried})
    expect(page.locator(".dropping")).to_be_visible()
    assert violations(page) == []
    page.dispatch_event("#message", "drop", {"dataTransfer": carried})
    expect(page.locator(".dropping")).to_have_count(0)
    expect(page.locator("[data-file] [role=status]")).to_contain_text("Chosen: dropped.png")
    page.locator("form:has(#attachment) button.main").click()
    expect(page.locator("#thread")).to_contain_text("dropped.png")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Only one file at a time; you can send more later."), ("sv", "Bara en fil i taget")]
)
def test_of_several_files_none_is_accepted(open_page: OpenPage, language: str, words: str) -> None:
    page = form(open_page(language))
    page.dispatch_event("#message", "drop", {"dataTransfer": carrying(page, "first.png")})
    page.dispatch_event("#message", "drop", {"dataTransfer": carrying(page, "one.png", "two.png")})
    expect(page.get_by_role("alert")).to_contain_text(words)
    assert violations(page) == []
    page.locator("#note button.main").click()
    expect(page.locator("#thread")).to_contain_text("first.png")


def test_without_scripts_nothing_is_promised(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    page.goto("/help/account/login/note")
    expect(page.locator("#attachment")).to_be_visible()
    expect(page.get_by_text("paste a screenshot")).to_be_hidden()
