"""One who sends a note and does not give up at once: a script, or a person who presses Send again."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

import requests

from bench.chaos.notes import Note

TIMEOUT = 10.0  # seconds that one attempt may take
PATIENCE = 150.0  # seconds after which nobody would try again
LONGEST_PAUSE = 4.0  # seconds between two attempts
# 408 too: RFC 9110, 15.5.9, lets a client repeat a request that did not arrive in time.
TRY_LATER = (408, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Promise:
    """What the client was told: this note is the ticket `reference`."""

    note: Note
    reference: str
    told_at: float  # Unix time
    attempts: int


@dataclass(frozen=True)
class Refusal:
    """What the client was told instead; None when nobody answered in time."""

    note: Note
    status: int | None
    words: str


def send(note: Note, intake_url: str, may_go_on: Callable[[], bool]) -> Promise | Refusal:
    """Send `note` until it is answered: again after a time-out, a lost connection or an answer that says "later"."""
    with requests.Session() as http:
        sender = _Form(http, intake_url, note) if note.way == "form" else _Script(http, intake_url, note)
        until, pause, attempts = time.monotonic() + PATIENCE, 0.3, 0
        last: tuple[int | None, str] = (None, "nobody answered")
        while may_go_on() and time.monotonic() < until:
            attempts += 1
            try:
                answer = sender.attempt()
            except requests.RequestException as error:
                last = (None, type(error).__name__)
            else:
                if answer.status_code not in TRY_LATER:
                    return sender.understand(answer, attempts)
                last = (answer.status_code, answer.text[:300])
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        return Refusal(note, *last)


class _Script:
    """Posts JSON, or multipart with a file, to the API; the Idempotency-Key, where it has one, stays the same."""

    def __init__(self, http: requests.Session, intake_url: str, note: Note) -> None:
        self._http, self._url, self._note = http, f"{intake_url}/v1/tickets", note

    def attempt(self) -> requests.Response:
        note = self._note
        fields = {"category": note.category, "email": note.address, "message": note.message, "locale": "en"}
        headers = {"Idempotency-Key": f"chaos-{note.address}"} if note.way == "keyed" else {}
        if note.file is None:
            return self._http.post(self._url, json=fields, headers=headers, timeout=TIMEOUT)
        part = (note.file.name, note.file.body, note.file.media_type)
        return self._http.post(self._url, data=fields, files={"attachment": part}, headers=headers, timeout=TIMEOUT)

    def understand(self, answer: requests.Response, attempts: int) -> Promise | Refusal:
        if answer.status_code != 201:
            return Refusal(self._note, answer.status_code, answer.text[:300])
        return Promise(self._note, json.loads(answer.text)["reference"], time.time(), attempts)


class _Form:
    """Opens the form, fills it in and sends it; pressing Send again sends the same form with the same token."""

    def __init__(self, http: requests.Session, intake_url: str, note: Note) -> None:
        self._http, self._url, self._note = http, f"{intake_url}/help/{note.category}/note", note
        self._hidden: dict[str, str] | None = None

    def attempt(self) -> requests.Response:
        note = self._note
        if self._hidden is None:
            page = self._http.get(self._url, timeout=TIMEOUT)
            if page.status_code != 200:
                return page
            self._hidden = _Hidden(page.text).fields
        fields = {**self._hidden, "email": note.address, "message": note.message}
        part = (note.file.name, note.file.body, note.file.media_type) if note.file else ("", b"", "")
        return self._http.post(
            self._url, data=fields, files={"attachment": part}, timeout=TIMEOUT, allow_redirects=False
        )

    def understand(self, answer: requests.Response, attempts: int) -> Promise | Refusal:
        reference = urlsplit(answer.headers.get("Location", "")).path.rpartition("/t/")[2]
        if answer.status_code != 303 or not reference:
            return Refusal(self._note, answer.status_code, answer.text[:300])
        return Promise(self._note, reference, time.time(), attempts)


class _Hidden(HTMLParser):
    """The hidden fields of the page's form, the token among them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name") == "form_token":
            self.fields["form_token"] = given.get("value") or ""
