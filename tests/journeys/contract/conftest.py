"""The public interface, tested over HTTP alone against a running stack.

api      calls one of the three services: `api.post("intake", "/v1/tickets", json=…)`; `as_="ads"` speaks as that team's agent,
         `as_="admin"` as the admin, `as_=None` (the default) as nobody; `key=…` with a bearer token.
submission   the smallest submission that is accepted, of another person each time; fields of your own replace its fields.
"""

import itertools
import secrets
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.journeys.walking import bearer

Submission = dict[str, Any]
_numbers = itertools.count()


class Api:
    """Requests to the services of one stack."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self.stack = stack

    def call(
        self, method: str, service: str, path: str, *, as_: str | None = None, key: str | None = None, **given: Any
    ) -> requests.Response:
        headers = dict(given.pop("headers", None) or {})
        if as_:
            headers |= bearer(self.stack, as_)
        if key:
            headers["Authorization"] = f"Bearer {key}"
        address = f"{self.stack[f'{service}_url']}{path}"
        return requests.request(method, address, headers=headers, timeout=20, allow_redirects=False, **given)

    def get(self, service: str, path: str, **given: Any) -> requests.Response:
        return self.call("GET", service, path, **given)

    def post(self, service: str, path: str, **given: Any) -> requests.Response:
        return self.call("POST", service, path, **given)

    def send(self, submission: Submission, **given: Any) -> requests.Response:
        """Post a submission as JSON."""
        return self.post("intake", "/v1/tickets", json=submission, **given)


@pytest.fixture(scope="session")
def api(stack: dict[str, Any]) -> Api:
    return Api(stack)


@pytest.fixture(scope="session")
def submission() -> Callable[..., Submission]:
    def make(**fields: Any) -> Submission:
        number = f"{next(_numbers)}-{secrets.token_hex(4)}"
        made = {
            "category": "ads/metrics",
            "email": f"p{number}@example.org",
            "message": f"Submission {number}.",
        } | fields
        return {name: value for name, value in made.items() if value is not None}

    return make


def problem(answer: requests.Response, status: int) -> dict[str, Any]:
    """The problem document of a rejected request (RFC 9457), with the members that the contract names."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].split(";")[0] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    return body
