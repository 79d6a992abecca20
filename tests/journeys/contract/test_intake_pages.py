"""The pages: topics, help, the form; browsers' own posts to the API; other sites' scripts."""

from collections.abc import Callable

import pytest

from tests.journeys.contract.conftest import Api, Submission, problem

Make = Callable[..., Submission]
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/help", "/help/account/login", "/help/account/login/note"])
def test_the_pages_are_there_in_both_languages(api: Api, path: str) -> None:
    for language, wanted in (("sv", "sv"), ("en", "en"), ("de", "en")):
        by_header = api.get("intake", path, headers={"Accept-Language": language})
        by_query = api.get("intake", f"{path}?lang={language}", headers={"Accept-Language": "fr"})
        assert (by_header.status_code, by_query.status_code) == (200, 200)
        assert f'<html lang="{wanted}"' in by_header.text
        assert f'<html lang="{wanted}"' in by_query.text


def test_an_unknown_topic_is_404(api: Api) -> None:
    for path in ("/help/nothing", "/help/ads/nothing", "/help/ads/nothing/note", "/t/T-0000-0000?key=x", "/nothing"):
        assert api.get("intake", path, headers=BROWSER).status_code == 404


def test_a_browsers_own_form_gets_pages(api: Api, submission: Make) -> None:
    mine = submission()
    answer = api.post("intake", "/v1/tickets", data=mine, headers=BROWSER)
    assert answer.status_code == 303
    assert "/t/T-" in answer.headers["Location"]
    again = api.post("intake", "/v1/tickets", data=mine, headers=BROWSER)
    assert (again.status_code, again.headers["Location"]) == (303, answer.headers["Location"])
    page = api.get("intake", answer.headers["Location"].replace(api.stack["intake_url"], ""))
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_what_was_entered_in_a_browser_is_not_lost(api: Api, submission: Make) -> None:
    mine = submission(email="nobody", message="What I entered.")
    answer = api.post("intake", "/v1/tickets", data=mine, headers=BROWSER)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "What I entered." in answer.text
    assert 'value="nobody"' in answer.text


def test_other_sites_may_post(api: Api, submission: Make) -> None:
    asked = api.call(
        "OPTIONS",
        "intake",
        "/v1/tickets",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,idempotency-key",
        },
    )
    assert asked.status_code in (200, 204)
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "idempotency-key" in asked.headers["Access-Control-Allow-Headers"].lower()
    assert "Access-Control-Allow-Credentials" not in asked.headers
    posted = api.send(submission(), headers={"Origin": "https://shop.example"})
    exposed = {name.strip() for name in posted.headers["Access-Control-Expose-Headers"].split(",")}
    assert exposed >= {"Location", "Retry-After", "Idempotency-Replayed"}
    found = api.get("intake", "/v1/categories", headers={"Origin": "https://shop.example"})
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    refused = api.send({}, headers={"Origin": "https://shop.example"})
    assert problem(refused, 422)
    assert refused.headers["Access-Control-Allow-Origin"] == "*"


def test_categories_are_flat_and_localised(api: Api) -> None:
    body = api.get("intake", "/v1/categories?locale=sv").json()
    assert set(body) == {"items", "next_cursor"}
    assert len({item["path"] for item in body["items"]}) == len(body["items"])
    for item in body["items"]:
        assert set(item) >= {"path", "title", "help_html", "lang", "fields", "evidence"}
        for field in item["fields"]:
            assert set(field) >= {"name", "type", "label", "required", "options"}
        for slot in item["evidence"]:
            assert set(slot) >= {"id", "label", "accepts", "requirement"}
            assert slot["requirement"] in ("required", "any_of", "optional")
            assert set(slot["accepts"]) <= {"link", "image", "pdf", "text"}


def test_categories_page_by_cursor(api: Api) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = api.get("intake", f"/v1/categories?limit=10{f'&cursor={cursor}' if cursor else ''}").json()
        assert len(body["items"]) <= 10
        seen += [item["path"] for item in body["items"]]
        cursor = body["next_cursor"]
    assert seen == [item["path"] for item in api.get("intake", "/v1/categories?limit=200").json()["items"]]
    for limit in ("0", "201", "x"):
        assert api.get("intake", f"/v1/categories?limit={limit}").status_code == 422
