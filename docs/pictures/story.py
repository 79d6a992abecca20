"""Tickets for the pictures, made in a running stack as their people make them: over HTTP and through the mailbox."""

import io
import time
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, TypeVar

import requests
from PIL import Image, ImageDraw

PATIENCE = 60.0
Found = TypeVar("Found")


class Story:
    """A running stack, by its stack.json, and what was done in it. `links`: the pages of requesters, by name."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self.stack = stack
        self.links: dict[str, str] = {}
        self.references: dict[str, str] = {}

    def submit(self, known_as: str, files: dict[str, Any] | None = None, **fields: Any) -> None:
        """A requester submits; the receipt's page becomes the link `known_as`."""
        url = f"{self.stack['intake_url']}/v1/tickets"
        answer = requests.post(url, data=fields, files=files or {"attachment": (None, "")}, timeout=20)
        answer.raise_for_status()
        receipt = answer.json()
        self.references[known_as], self.links[known_as] = receipt["reference"], receipt["status_url"]
        until(lambda: self._agent("GET", known_as, who="admin").status_code == 200)

    def act(self, name: str, action: str, who: str = "ads", **body: Any) -> dict[str, Any]:
        """An agent acts on the ticket `name`."""
        answer = self._agent("POST", name, f"/{action}", who, body)
        answer.raise_for_status()
        acted: dict[str, Any] = answer.json()
        return acted

    def follow_up(self, name: str, message: str) -> None:
        """The requester writes again."""
        key = self.links[name].partition("?key=")[2]
        url = f"{self.stack['intake_url']}/v1/tickets/{self.references[name]}/follow-ups"
        headers = {"Authorization": f"Bearer {key}"}
        requests.post(url, json={"message": message}, headers=headers, timeout=20).raise_for_status()
        until(lambda: message in self._agent("GET", name, who="admin").text)

    def mailed_link(self, name: str, email: str, words: str) -> None:
        """Take the page's link from the e-mail to `email` that has these words, as the link `name`."""
        self.links[name] = until(lambda: self._link_in_mail(email, words))

    def _agent(
        self, method: str, name: str, path: str = "", who: str = "ads", body: dict[str, Any] | None = None
    ) -> requests.Response:
        url = f"{self.stack['triage_url']}/v1/tickets/{self.references[name]}{path}"
        person = self.stack["admin"] if who == "admin" else self.stack["agents"][who]
        headers = {"Authorization": f"Bearer {person['token']}"}
        return requests.request(method, url, json=body, headers=headers, timeout=20)

    def _link_in_mail(self, email: str, words: str) -> str | None:
        for path in Path(self.stack["maildir"], "new").iterdir():
            mail = BytesParser(policy=default).parsebytes(path.read_bytes())
            body = mail.get_body(("plain",))
            text = body.get_content() if body else ""
            if email in str(mail["X-RcptTo"]) and words in text:
                return next((word for word in text.split() if "?key=" in word), None)
        return None


def until(look: Callable[[], Found | None]) -> Found:
    """What `look` finds, once it does. Raises TimeoutError."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise TimeoutError(f"nothing within {PATIENCE:.0f} s")


def photograph(words: str, colour: str) -> tuple[str, bytes, str]:
    """A PNG as a form sends it."""
    picture = Image.new("RGB", (900, 600), colour)
    ImageDraw.Draw(picture).text((80, 260), words, fill="#ffffff", font_size=64)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return "lamp.png", written.getvalue(), "image/png"


def tell(stack: dict[str, Any]) -> Story:
    """A conversation in each state that the pictures show."""
    story = Story(stack)
    ads: dict[str, Any] = {"category": "ads/disapproved", "platform": "web"}
    story.submit(
        "answered",
        {"attachment": photograph("Northern Lamps", "#7a4b12")},
        **ads,
        email="kim.story@example.org",
        name="Kim Larsson",
        subject="Why was my ad disapproved?",
        message="My ad for a lamp was disapproved this morning. I changed nothing since last week.\nIs it the picture?",
    )
    story.act("answered", "notes", message="Same shop as last month: the price was in the picture.")
    answer = "Hello Kim,\n\nthe **price in the picture** is the reason. Please\n\n* leave the price out, and\n* send the ad again."
    story.act("answered", "replies", message=answer)
    story.mailed_link("answered by mail", "kim.story@example.org", "price in the picture")
    story.follow_up("answered", "Thank you! I have sent it again. Is this one right? https://example.org/lamps/1")
    story.submit(
        "open", **ads, email="lo@example.org", name="Lo Berg", subject="Ad rejected", message="Which rule is it?"
    )
    held = {"category": "business/blocked-link", "email": "anna@example.org", "name": "Anna"}
    story.submit("held", **held, subject="My shop", message="Every Pin shows a warning.")
    story.submit(
        "waiting", **ads, email="mo@example.org", name="Mo", subject="Second time", message="Disapproved again."
    )
    story.act("waiting", "replies", message="Could you send us the link of the ad?")
    story.submit("resolved", **ads, email="ida@example.org", name="Ida", subject="Thanks", message="It works now.")
    story.act("resolved", "resolution", outcome="solved", message="Glad to hear it.")
    story.mailed_link("resolved by mail", "ida@example.org", "Glad to hear it.")
    swedish = "Varför blev min annons underkänd? Jag har inte ändrat något."
    story.submit(
        "swedish", **ads, email="sv@example.org", name="Åsa", subject="Min annons", message=swedish, locale="sv"
    )
    story.act("swedish", "replies", message="Hej Åsa,\n\npriset får inte stå i bilden.")
    story.mailed_link("swedish by mail", "sv@example.org", "priset får inte stå")
    return story
