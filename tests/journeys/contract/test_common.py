"""What all three services have in common."""

import pytest

from tests.journeys.contract.conftest import Api, problem

SERVICES = ("intake", "triage", "notify")


@pytest.mark.parametrize("service", SERVICES)
def test_documents_and_health_need_no_token(api: Api, service: str) -> None:
    document = api.get(service, "/openapi.json")
    assert document.status_code == 200
    assert document.json()["openapi"].startswith("3.1")
    for path in ("/livez", "/readyz", "/metrics"):
        assert api.get(service, path).status_code == 200


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_not_there_is_404_and_what_is_not_allowed_405(api: Api, service: str) -> None:
    problem(api.get(service, "/v1/nothing", as_="admin"), 404)
    assert api.call("DELETE", service, "/livez").status_code == 405


@pytest.mark.parametrize("service", SERVICES)
def test_the_root_leads_to_the_first_page(api: Api, service: str) -> None:
    assert api.get(service, "/").status_code in (301, 302, 303, 307, 308)


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("triage", "/v1/queues"),
        ("triage", "/v1/tickets"),
        ("triage", "/v1/rulesets"),
        ("notify", "/v1/emails"),
        ("notify", "/v1/suppressions"),
    ],
)
def test_no_token_and_a_bad_one_are_401(api: Api, service: str, path: str) -> None:
    problem(api.get(service, path), 401)
    problem(api.get(service, path, key="vid_nonsense"), 401)
    problem(api.get(service, path, headers={"Authorization": "Basic eDp5"}), 401)


@pytest.mark.parametrize(
    ("service", "path"), [("triage", "/v1/tickets"), ("notify", "/v1/emails"), ("triage", "/v1/rulesets")]
)
def test_lists_are_bounded(api: Api, service: str, path: str) -> None:
    body = api.get(service, path, as_="admin").json()
    assert set(body) == {"items", "next_cursor"}
    for wrong in ("limit=0", "limit=201", "limit=x", "cursor=nonsense"):
        assert api.get(service, f"{path}?{wrong}", as_="admin").status_code in (400, 422)
