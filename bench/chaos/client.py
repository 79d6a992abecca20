"""A client that tries again: a script, or a person who presses Send again."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

import requests

from bench.chaos.submissions import Submission

TIMEOUT = 10.0  # seconds that one attempt may take
PATIENCE = 150.0  # seconds after which a client gives up
LONGEST_PAUSE = 4.0  # seconds between two attempts
# 408 too: RFC 9110, 15.5.9, lets a client repeat a request that did not arrive in time.
TRY_LATER = (408, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Promise:
    """The client was told that this submission is the ticket `reference`."""

    submission: Submission
    reference: str
    told_at: float  # Unix time
    attempts: int


@dataclass(frozen=True)
class Rejection:
    """The client was refused; `status` is None if there was no answer in time."""

    submission: Submission
    status: int | None
    words: str


def send(submission: Submission, intake_url: str, may_go_on: Callable[[], bool]) -> Promise | Rejection:
    """Send `submission` until it is answered: again after a time-out, a lost connection or a status of TRY_LATER."""
    with requests.Session() as http:
        sender = (
            _Form(http, intake_url, submission) if submission.way == "form" else _Script(http, intake_url, submission)
        )
        until, pause, attempts = time.monotonic() + PATIENCE, 0.3, 0
        last: tuple[int | None, str] = (None, "no answer")
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
        return Rejection(submission, *last)


class _Script:
    """Posts JSON, or multipart with a file, to the API. The Idempotency-Key, if it has one, stays the same."""

    def __init__(self, http: requests.Session, intake_url: str, submission: Submission) -> None:
        self._http, self._url, self._submission = http, f"{intake_url}/v1/tickets", submission

    def attempt(self) -> requests.Response:
        submission = self._submission
        fields = {
            "category": submission.category,
            "email": submission.address,
            "message": submission.message,
            "locale": "en",
        }
        headers = {"Idempotency-Key": f"chaos-{submission.address}"} if submission.way == "keyed" else {}
        if submission.file is None:
            return self._http.post(self._url, json=fields, headers=headers, timeout=TIMEOUT)
        part = (submission.file.name, submission.file.body, submission.file.media_type)
        return self._http.post(self._url, data=fields, files={"attachment": part}, headers=headers, timeout=TIMEOUT)

    def understand(self, answer: requests.Response, attempts: int) -> Promise | Rejection:
        if answer.status_code != 201:
            return Rejection(self._submission, answer.status_code, answer.text[:300])
        return Promise(self._submission, json.loads(answer.text)["reference"], time.time(), attempts)


class _Form:
    """Opens the form, fills it in and sends it; pressing Send again sends the same form with the same token."""

    def __init__(self, http: requests.Session, intake_url: str, submission: Submission) -> None:
        self._http, self._url, self._submission = http, f"{intake_url}/help/{submission.category}/note", submission
        self._hidden: dict[str, str] | None = None

    def attempt(self) -> requests.Response:
        submission = self._submission
        if self._hidden is None:
            page = self._http.get(self._url, timeout=TIMEOUT)
            if page.status_code != 200:
                return page
            self._hidden = _Hidden(page.text).fields
        fields = {**self._hidden, "email": submission.address, "message": submission.message}
        part = (
            (submission.file.name, submission.file.body, submission.file.media_type)
            if submission.file
            else ("", b"", "")
        )
        return self._http.post(
            self._url, data=fields, files={"attachment": part}, timeout=TIMEOUT, allow_redirects=False
        )

    def understand(self, answer: requests.Response, attempts: int) -> Promise | Rejection:
        reference = urlsplit(answer.headers.get("Location", "")).path.rpartition("/t/")[2]
        if answer.status_code != 303 or not reference:
            return Rejection(self._submission, answer.status_code, answer.text[:300])
        return Promise(self._submission, reference, time.time(), attempts)


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
