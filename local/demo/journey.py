"""One submission's way through the running stack, seen from outside: by the APIs, the mailbox and the store's links."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from mailbox import Maildir
from typing import Any, TypeVar

import requests

from local.demo.files import SampleFile, sample_file

T = TypeVar("T")
Json = Mapping[str, Any]
# A fresh stack on a busy machine; on a quiet one each step takes a tenth of a second.
PATIENCE_SECONDS = 30.0


@dataclass
class Journey:
    """The result of one submission; `errors` lists its differences from what is expected."""

    title: str
    expect: Json
    answer: Json = field(default_factory=dict)
    status: int = 0
    ticket: Json = field(default_factory=dict)
    decided: Json = field(default_factory=dict)
    email: Json = field(default_factory=dict)
    file_bytes: int = 0
    routed_after: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return self.status == 201


class Traveller:
    """Sends submissions to one stack and follows them."""

    def __init__(self, stack: Json) -> None:
        self._stack = stack
        self._http = requests.Session()
        self._bearer = {"Authorization": f"Bearer {stack['admin']['token']}"}
        self._run = secrets.token_hex(2)

    def travel(self, sample: Json, heard: Callable[[Journey], None]) -> Journey:
        """Post one sample and follow it to its end; `heard` is called at each step with the journey so far."""
        journey = Journey(sample["title"], sample["expect"])
        file = sample_file(sample["file"]) if "file" in sample else None
        started = time.monotonic()
        self._post(journey, self._own_address(sample["submission"]), file)
        heard(journey)
        if not journey.accepted:
            _compare(journey, {"refused": journey.status})
            return journey
        self._follow(journey, started)
        heard(journey)
        self._find_email(journey)
        if file:
            self._find_file(journey, file)
        heard(journey)
        return journey

    def _own_address(self, submission: Json) -> Json:
        """The submission from an address of this run: a repeated submission would be the same ticket, and mails are limited."""
        return {**submission, "email": submission["email"].replace("@", f".{self._run}@")}

    def _post(self, journey: Journey, submission: Json, file: SampleFile | None) -> None:
        url = f"{self._stack['intake_url']}/v1/tickets"
        if file is None:
            response = self._http.post(url, json=submission, timeout=15)
        else:
            fields = {name: json.dumps(value) if name == "details" else value for name, value in submission.items()}
            part = (file.name, file.body, file.media_type)
            response = self._http.post(url, data=fields, files={"attachment": part}, timeout=15)
        journey.status, journey.answer = response.status_code, response.json()

    def _follow(self, journey: Journey, started: float) -> None:
        reference = journey.answer["reference"]
        url = f"{self._stack['triage_url']}/v1/tickets/{reference}"
        journey.ticket = _patiently(lambda: self._found(url))
        journey.routed_after = time.monotonic() - started
        journey.decided = self._get(f"{url}/explanation")["decided"]
        _compare(journey, journey.ticket)

    def _find_email(self, journey: Journey) -> None:
        reference = journey.answer["reference"]
        url = f"{self._stack['notify_url']}/v1/emails?ticket={reference}&kind=acknowledgement"

        def sent() -> Json | None:
            items = self._get(url)["items"]
            return items[0] if items and items[0]["state"] not in ("queued", "sending") else None

        journey.email = _patiently(sent)
        if journey.email["state"] != "sent" or not _in_mailbox(self._stack["maildir"], journey.email["message_id"]):
            journey.errors.append(f"the acknowledgement is {journey.email['state']}, and not in the mailbox")

    def _find_file(self, journey: Journey, file: SampleFile) -> None:
        attachment = journey.ticket["attachments"][0]
        url = f"{self._stack['triage_url']}/v1/attachments/{attachment['id']}"
        response = self._http.get(url, headers=self._bearer, timeout=15)
        journey.file_bytes = len(response.content) if response.ok else 0
        if not journey.file_bytes:
            journey.errors.append(f"{file.name} is not in the store: {response.status_code}")

    def _found(self, url: str) -> Json | None:
        response = self._http.get(url, headers=self._bearer, timeout=15)
        return response.json() if response.status_code == 200 else None

    def _get(self, url: str) -> Json:
        response = self._http.get(url, headers=self._bearer, timeout=15)
        response.raise_for_status()
        answer: Json = response.json()
        return answer


def _compare(journey: Journey, found: Json) -> None:
    for name, wanted in journey.expect.items():
        if found.get(name) != wanted:
            journey.errors.append(f"{name} is {found.get(name)!r} and should be {wanted!r}")


def _in_mailbox(maildir: str, message_id: str) -> bool:
    bare = message_id.strip("<>")
    return any((mail["Message-ID"] or "").strip().strip("<>") == bare for mail in Maildir(maildir, create=False))


def _patiently(look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing came within {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.02)
    return found
