"""E-mails: the ledger, previews, suppressions, and the acknowledgement itself."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.walking import mails, one_mail
from tests.polling import eventually

Make = Callable[..., Submission]
ROW = {"id", "kind", "ticket", "to", "locale", "subject", "state", "because", "message_id", "created_at", "sent_at"}
KINDS = (
    "acknowledgement", "information_request", "disapproval", "reply", "resolution", "transfer", "application_status", "escalation"
)  # fmt: skip


def _sent(api: Api, reference: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        items = api.get("notify", f"/v1/emails?ticket={reference}&kind=acknowledgement&state=sent", as_="admin").json()[
            "items"
        ]
        return items[0] if items else None

    return eventually(look) or {}


def test_the_acknowledgement(api: Api, submission: Make) -> None:
    mine = submission(message="My very own words.", subject="My very own subject", name="Annabella")
    receipt = api.send(mine).json()
    mail = one_mail(api.stack, mine["email"])
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert receipt["reference"] in text
    assert f"/t/{receipt['reference']}?key=" in text
    assert receipt["status_url"] not in text
    whole = text + str(mail["Subject"])
    assert not [words for words in ("My very own", "Annabella") if words in whole]
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_ledger(api: Api, submission: Make) -> None:
    mine = submission()
    reference = api.send(mine).json()["reference"]
    row = _sent(api, reference)
    assert set(row) == ROW
    assert (row["kind"], row["ticket"], row["to"], row["state"]) == (
        "acknowledgement",
        reference,
        mine["email"],
        "sent",
    )
    whole = api.get("notify", f"/v1/emails/{row['id']}", as_="ads").json()
    assert set(whole) >= ROW | {"headers", "text", "html", "attempts"}
    assert whole["attempts"]
    for query in (f"to={mine['email']}", f"ticket={reference}"):
        found = api.get("notify", f"/v1/emails?{query}", as_="ads").json()["items"]
        assert [one["id"] for one in found] == [row["id"]]
    problem(api.get("notify", f"/v1/emails/{row['id']}", as_="billing"), 403)
    problem(api.get("notify", f"/v1/emails/{uuid4()}", as_="admin"), 404)
    assert api.get("notify", "/v1/emails?state=nonsense", as_="admin").status_code == 422


def test_a_mail_is_sent_again_under_its_message_id(api: Api, submission: Make) -> None:
    mine = submission()
    row = _sent(api, api.send(mine).json()["reference"])
    assert api.post("notify", f"/v1/emails/{row['id']}/resend", as_="admin").status_code == 202
    assert eventually(lambda: len(mails(api.stack, mine["email"])) == 2)
    assert {str(mail["Message-ID"]) for mail in mails(api.stack, mine["email"])} == {row["message_id"]}


@pytest.mark.parametrize("kind", KINDS)
def test_previews(api: Api, kind: str) -> None:
    for locale in ("en", "sv"):
        body = api.get("notify", f"/v1/previews/{kind}?locale={locale}", as_="admin").json()
        assert set(body) == {"subject", "text", "html"}
        assert all(body.values())


def test_an_unknown_preview_is_404(api: Api) -> None:
    problem(api.get("notify", "/v1/previews/nonsense?locale=en", as_="admin"), 404)


def test_suppressions(api: Api, submission: Make) -> None:
    email = submission()["email"]
    made = api.post("notify", "/v1/suppressions", as_="admin", json={"email": email, "reason": "Asked."})
    assert made.status_code == 201
    assert made.json()["id"]
    found = api.get("notify", "/v1/suppressions?limit=200", as_="admin").json()["items"]
    assert email in [item["email"] for item in found]
    reference = api.send(submission(email=email)).json()["reference"]

    def suppressed() -> bool:
        items = api.get("notify", f"/v1/emails?ticket={reference}", as_="admin").json()["items"]
        return bool(items) and items[0]["state"] == "suppressed" and bool(items[0]["because"])

    assert eventually(suppressed)
    assert api.call("DELETE", "notify", f"/v1/suppressions/{made.json()['id']}", as_="admin").status_code == 204
    problem(api.call("DELETE", "notify", f"/v1/suppressions/{made.json()['id']}", as_="admin"), 404)
    problem(api.post("notify", "/v1/suppressions", as_="admin", json={"email": "nobody", "reason": "x"}), 422)
    assert mails(api.stack, email) == []
