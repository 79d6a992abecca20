"""The log lines of requests that may write."""

import pytest
from flask import Flask
from structlog.testing import capture_logs

from shared.http.request_log import HEADER, add_request_log


def app_with(correlation_id: str | None) -> Flask:
    app = Flask("test")
    add_request_log(app, lambda: {"extra": 1}, None if correlation_id is None else lambda: correlation_id)
    app.add_url_rule("/tickets/<reference>", view_func=lambda reference: "ok", methods=["GET", "POST"])
    return app


@pytest.mark.parametrize("correlation_id", [None, "an-id"])
def test_a_post_is_logged_by_its_route(correlation_id: str | None) -> None:
    with capture_logs() as lines:
        answer = app_with(correlation_id).test_client().post("/tickets/T-1")
    assert answer.headers.get(HEADER) == correlation_id
    [line] = lines
    assert (line["event"], line["route"], line["status"], line["extra"]) == (
        "answered",
        "/tickets/<reference>",
        200,
        1,
    )


def test_a_request_without_a_route_is_logged_too() -> None:
    with capture_logs() as lines:
        app_with(None).test_client().post("/nothing")
    assert [(line["route"], line["status"]) for line in lines] == [(None, 404)]


def test_reading_is_not_logged() -> None:
    with capture_logs() as lines:
        answer = app_with("an-id").test_client().get("/tickets/T-1")
    assert (lines, HEADER in answer.headers) == ([], False)
