"""An invited colleague, a forgotten password, tokens and the audit log, over HTTP and by mail alone."""

import re
import secrets

import requests

from tests.journeys.contract.conftest import Api, problem
from tests.journeys.walking import Form, mails
from tests.polling import eventually


def link_in_mail(api: Api, email: str, number: int) -> str:
    """The link in the person's e-mail of this number."""
    assert eventually(lambda: len(mails(api.stack, email)) >= number)
    body = mails(api.stack, email)[number - 1].get_body(("plain",))
    assert body is not None
    return str(re.findall(r"http\S+/password/\S+", body.get_content())[0])


def choose(link: str, password: str) -> requests.Response:
    """Fill in the page that a link opens."""
    browser = requests.Session()
    page = browser.get(link, timeout=20)
    assert page.status_code == 200, page.text
    fields = Form(page.text).fields | {"new": password}
    return browser.post(link.partition("?")[0], data=fields, timeout=20, allow_redirects=False)


def sign_in(api: Api, email: str, password: str) -> int:
    browser = requests.Session()
    fields = Form(browser.get(f"{api.stack['triage_url']}/login", timeout=20).text).fields
    fields |= {"email": email, "password": password}
    return browser.post(f"{api.stack['triage_url']}/login", data=fields, timeout=20, allow_redirects=False).status_code


def test_an_invited_person_signs_in_and_later_forgets_the_password(api: Api) -> None:
    email, first, second = f"{secrets.token_hex(5)}@example.org", secrets.token_urlsafe(12), secrets.token_urlsafe(12)
    body = {"email": email, "name": "Lea", "role": "agent", "teams": ["ads"]}
    made = api.post("triage", "/v1/users", as_="admin", json=body)
    assert made.status_code == 201, made.text
    person = made.json()["id"]
    problem(api.post("triage", f"/v1/users/{person}/invitation", as_="ads"), 403)
    assert api.post("triage", f"/v1/users/{person}/invitation", as_="admin").status_code == 202
    link = link_in_mail(api, email, 1)
    assert requests.get(link, timeout=20).status_code == 200, "programs that check mails open it, too"
    assert choose(link, first).status_code == 303
    assert sign_in(api, email, first) == 303
    assert requests.get(link, timeout=20).status_code == 404, "it works once"
    for address in (email.upper(), "nobody@example.org"):
        assert api.post("triage", "/v1/password-reset", json={"email": address}).status_code == 202
    problem(api.post("triage", "/v1/password-reset", json={"email": "nobody"}), 422)
    assert choose(link_in_mail(api, email, 2), second).status_code == 303
    assert (sign_in(api, email, first), sign_in(api, email, second)) == (401, 303)
    found = api.get("triage", f"/v1/audit?target=user/{person}", as_="admin").json()["items"]
    actions = [entry["action"] for entry in reversed(found)]
    expected = ["user.created", "user.invited", "user.password_set", "session.started", "user.password_forgotten"]
    assert actions == [*expected, "user.password_set", "session.refused", "session.started"]
    shown = api.get("notify", f"/v1/emails?to={email}", as_="admin").json()["items"]
    assert {one["kind"] for one in shown} == {"invitation", "password_reset"}
    texts = [api.get("notify", f"/v1/emails/{one['id']}", as_="admin").json()["text"] for one in shown]
    assert not any("token=" in text for text in texts), "an admin cannot use another's link"


def test_a_token_of_a_program_works_until_it_is_ended(api: Api) -> None:
    made = api.post(
        "triage", "/v1/tokens", as_="admin", json={"name": "Import", "role": "lead", "teams": ["ads"]}
    ).json()
    assert api.get("triage", "/v1/me", key=made["token"]).json()["role"] == "lead"
    assert api.call("DELETE", "triage", f"/v1/tokens/{made['id']}", as_="admin").status_code == 204
    problem(api.get("triage", "/v1/me", key=made["token"]), 401)


def test_the_teams(api: Api) -> None:
    items = api.get("triage", "/v1/teams", as_="ads").json()["items"]
    assert {"name": "ads", "title": "Ads", "active": True} in items
