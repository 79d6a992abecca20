"""A browser's own form, other people's pages, and what both read."""

import re

from flask.testing import FlaskClient

from tests.integration.intake.api.calls import BROWSER, post
from tests.integration.intake.conftest import submission_fields


def test_a_browsers_own_form_is_led_to_the_page(client: FlaskClient) -> None:
    answer = client.post("/v1/tickets", data=submission_fields(), headers=BROWSER)
    assert answer.status_code == 303
    assert re.fullmatch(r"/t/T-[0-9A-Z-]{9}\?key=[a-z2-7]{32}", answer.headers["Location"])
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_a_browsers_invalid_form_is_answered_by_ours_with_all_its_input(client: FlaskClient) -> None:
    entered = {**submission_fields(email="nonsense", message="All my words <b>"), "details.login_method": "google"}
    answer = client.post("/v1/tickets", data=entered, headers=BROWSER, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    assert "All my words &lt;b&gt;" in answer.text
    assert 'value="nonsense"' in answer.text


def test_a_browsers_own_form_for_no_category_is_a_page_too(client: FlaskClient) -> None:
    answer = client.post("/v1/tickets", data=submission_fields(category="nowhere"), headers=BROWSER)
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"


def test_the_categories_are_a_flat_list_in_a_language(client: FlaskClient) -> None:
    answer = client.get("/v1/categories?locale=sv")
    assert answer.status_code == 200
    assert answer.json is not None
    items = {item["path"]: item for item in answer.json["items"]}
    assert len(items) >= 29
    removed = items["account/content-removed"]
    assert set(removed) == {"path", "title", "help_html", "lang", "fields", "evidence"}
    assert removed["lang"] == "sv"
    assert set(removed["fields"][0]) == {"name", "type", "label", "required", "options"}
    assert any("when" in slot for slot in removed["evidence"])
    context = next(slot for slot in removed["evidence"] if slot["id"] == "context")
    assert "when" not in context
    assert client.get("/v1/categories").json is not None


def test_other_peoples_pages_may_post_and_read(client: FlaskClient) -> None:
    preflight = client.options(
        "/v1/tickets",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "idempotency-key",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "Idempotency-Key" in preflight.headers["Access-Control-Allow-Headers"]
    answer = post(client, Origin="https://shop.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for name in ("Location", "Retry-After", "Idempotency-Replayed"):
        assert name in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in client.get("/help", headers={"Origin": "https://shop.example"}).headers


def test_start_leads_to_help_and_health_answers(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/help"
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert client.get("/openapi.json").json is not None
