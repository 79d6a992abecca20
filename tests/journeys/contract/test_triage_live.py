"""Live updates, presence, mentions and notifications."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.contract.test_triage_queue import _new
from tests.journeys.walking import bearer
from tests.polling import eventually

Make = Callable[..., Submission]


class Stream:
    """Reads events until it is closed."""

    def __init__(self, answer: requests.Response) -> None:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        self.answer = answer
        self.events: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        event: dict[str, Any] = {}
        try:
            for line in self.answer.iter_lines(chunk_size=1):
                name, _, value = line.decode().partition(": ")
                if line:
                    event[name] = value
                elif "event" in event:
                    self.events.append({**event, "data": json.loads(event["data"])})
                    event = {}
        except (requests.RequestException, OSError, AttributeError, ValueError):
            pass  # closed

    def find(self, name: str, **data: Any) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            events = list(self.events)
            return next((one for one in events if one["event"] == name and data.items() <= one["data"].items()), None)

        return eventually(found) or {}


@pytest.fixture
def open_stream(api: Api) -> Iterator[Callable[..., Stream]]:
    opened: list[requests.Response] = []

    def open_one(as_: str | None = "ads", last: str = "", token: str = "") -> Stream:
        headers = bearer(api.stack, as_) if as_ and not token else {}
        headers |= {"Last-Event-ID": last} if last else {}
        query = f"?token={token}" if token else ""
        answer = requests.get(f"{api.stack['live_url']}/v1/live{query}", headers=headers, stream=True, timeout=60)
        opened.append(answer)
        return Stream(answer)

    yield open_one
    for answer in opened:
        answer.close()


def test_changes_of_own_teams_are_told_and_what_was_missed(
    api: Api, submission: Make, open_stream: Callable[..., Stream]
) -> None:
    ads, billing = open_stream("ads"), open_stream("billing")
    reference = _new(api, submission)
    told = ads.find("ticket.changed", reference=reference)
    ads.find("queue.changed", team="ads")
    assert all(event["id"] for event in ads.events)
    missed = _new(api, submission)
    open_stream("ads", told["id"]).find("ticket.changed", reference=missed)
    open_stream("ads", "1-unknown").find("resync")
    theirs = _new(api, submission, category="billing/cost")
    billing.find("ticket.changed", reference=theirs)
    assert reference not in {event["data"].get("reference") for event in billing.events}


def test_a_token_opens_one_stream(api: Api, submission: Make, open_stream: Callable[..., Stream]) -> None:
    made = api.post("triage", "/v1/live/tokens", as_="ads")
    assert made.status_code == 201
    stream = open_stream(None, token=made.json()["token"])
    stream.find("ticket.changed", reference=_new(api, submission))
    again = requests.get(f"{api.stack['live_url']}/v1/live?token={made.json()['token']}", timeout=20)
    problem(again, 401)
    problem(requests.get(f"{api.stack['live_url']}/v1/live", timeout=20), 401)


def test_presence_is_told(api: Api, submission: Make, open_stream: Callable[..., Stream]) -> None:
    reference = _new(api, submission)
    stream = open_stream("admin")
    put = api.call("PUT", "triage", f"/v1/tickets/{reference}/presence", as_="ads", json={"doing": "writing"})
    assert put.status_code == 200
    stream.find("presence", reference=reference)
    [present] = api.get("triage", f"/v1/tickets/{reference}", as_="admin").json()["present"]
    assert (set(present), present["doing"]) == ({"name", "doing"}, "writing")
    api.call("PUT", "triage", f"/v1/tickets/{reference}/presence", as_="ads", json={"doing": None})
    assert api.get("triage", f"/v1/tickets/{reference}", as_="ads").json()["present"] == []
    problem(api.call("PUT", "triage", f"/v1/tickets/{reference}/presence", as_="billing", json={"doing": None}), 403)


def test_a_mention_is_a_notification(api: Api, submission: Make, open_stream: Callable[..., Stream]) -> None:
    reference, other = _new(api, submission), _new(api, submission, category="billing/cost")
    ads = api.stack["agents"]["ads"]["email"]
    stream = open_stream("ads")
    written = api.post("triage", f"/v1/tickets/{reference}/notes", as_="admin", json={"message": f"@{ads}, look"})
    assert written.status_code == 201
    stream.find("mention", reference=reference)
    [found] = [one for one in _unread(api) if one["ticket"] == reference]
    assert (set(found), found["kind"]) == ({"id", "kind", "ticket", "at", "read_at"}, "mention")
    told = api.post("triage", f"/v1/tickets/{other}/notes", as_="admin", json={"message": f"@{ads}"}).json()
    assert told["entry"]["facts"]["not_notified"] == [ads]
    assert [one for one in _unread(api) if one["ticket"] == other] == []
    read = api.post("triage", "/v1/notifications/read", as_="ads", json={"ids": [found["id"]]})
    assert read.status_code == 204
    assert [one for one in _unread(api) if one["ticket"] == reference] == []


def _unread(api: Api) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get("triage", "/v1/notifications?unread=true", as_="ads").json()["items"]
    return items
