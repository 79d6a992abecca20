"""The conversation of a ticket, through each of its keys."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.intake.deps import Deps
from services.intake.tickets.change_email import change_email
from shared.storage.object_store import ObjectStore
from shared.ticket_keys import mailed_key, new_reference, receipt_key
from tests.integration.intake.conftest import submission_fields
from tests.integration.intake.conversation.told import (
    SECRET,
    conversation,
    deliver,
    file_of,
    mailed,
    receipt,
    written,
)
from tests.samples import files


def test_the_mailed_key_shows_everything_oldest_first(client: FlaskClient, engine: Engine, reference: str) -> None:
    deliver(engine, written(reference))
    client.post(f"/v1/tickets/{reference}/follow-ups", json={"message": "Thanks <b>"}, headers=receipt(reference))
    deliver(engine, written(reference, "resolution", "Gladly."))
    first, answer, more, last = conversation(client, reference, mailed(reference))
    assert [one["kind"] for one in (first, answer, more, last)] == ["submission", "reply", "follow_up", "resolution"]
    assert [one["source"] for one in (first, answer, more, last)] == ["api", "console", "api", "console"]
    assert first["author"] == {"role": "requester", "name": "Ann", "email": "ann@example.com"}
    assert 'href="https://example.org/a?b=1&amp;c=2"' in first["html"]
    assert (answer["text"], answer["html"].strip()) == (
        "We have **reset** it.",
        "<p>We have <strong>reset</strong> it.</p>",
    )
    assert more["html"] == "Thanks &lt;b&gt;"
    assert {one["automatic"] for one in (first, answer, more, last)} == {False}


def test_of_an_agent_only_the_first_name_is_shown(client: FlaskClient, engine: Engine, reference: str) -> None:
    deliver(engine, written(reference), written(reference, by="Webshop bot", person=False))
    authors = [one["author"] for one in conversation(client, reference, mailed(reference))[1:]]
    assert authors == [{"role": "agent", "name": name, "email": None} for name in ("Ada", None)]


def test_an_address_is_no_name(client: FlaskClient, engine: Engine, reference: str) -> None:
    deliver(engine, written(reference, by="ada@example.org"))
    assert conversation(client, reference, mailed(reference))[-1]["author"]["name"] is None


def test_the_receipts_key_shows_only_what_was_sent(client: FlaskClient, engine: Engine, reference: str) -> None:
    for kind in ("reply", "information_request", "disapproval", "resolution"):
        deliver(engine, written(reference, kind, "SECRET WORDS"))
    assert len(conversation(client, reference, mailed(reference))) == 5
    assert [one["kind"] for one in conversation(client, reference, receipt(reference))] == ["submission"]
    for call in (client.get, client.post):
        path = f"/v1/tickets/{reference}" + ("/withdrawal" if call == client.post else "")
        assert "SECRET WORDS" not in call(path, headers=receipt(reference)).text


@pytest.mark.parametrize(
    ("kind", "message", "more", "kept"),
    [
        ("information_request", None, {}, 1),
        ("information_request", None, {"reminder": True, "by": None}, 0),
        ("disapproval", None, {}, 1),
        ("resolution", None, {}, 0),
        ("resolution", " ", {}, 0),
        ("resolution", None, {"outcome": "no_answer", "by": None}, 0),
        ("resolution", "Spam.", {"outcome": "spam"}, 0),
        ("resolution", "See the other one.", {"outcome": "duplicate"}, 1),
    ],
)
def test_what_is_kept_is_what_is_mailed(
    client: FlaskClient,
    engine: Engine,
    reference: str,
    kind: str,
    message: str | None,
    more: dict[str, Any],
    kept: int,
) -> None:
    deliver(engine, written(reference, kind, message, **more))
    assert len(conversation(client, reference, mailed(reference))) == 1 + kept
    with engine.connect() as connection:
        answers = connection.execute(text("select count(*) from intake.answers")).scalar_one()
    assert answers == kept


def test_an_event_that_comes_again_changes_nothing(client: FlaskClient, engine: Engine, reference: str) -> None:
    [number] = deliver(engine, written(reference))
    with engine.begin() as connection:
        again = "insert into events.deliveries (id, subscriber, ticket, due_at) values (:id, 'intake', :ticket, now())"
        connection.execute(text(again), {"id": number, "ticket": reference})
    deliver(engine)
    assert len(conversation(client, reference, mailed(reference))) == 2


def test_an_answer_to_an_unknown_ticket_is_left_out(engine: Engine) -> None:
    deliver(engine, written(new_reference()))
    with engine.connect() as connection:
        for table in ("intake.answers", "events.deliveries"):
            where = " where subscriber = 'intake'" if table == "events.deliveries" else ""
            assert connection.execute(text(f"select count(*) from {table}{where}")).scalar_one() == 0


def test_each_file_stands_at_its_message_and_is_downloaded(
    client: FlaskClient, engine: Engine, store: ObjectStore
) -> None:
    data = {**submission_fields(), "attachment": (BytesIO(files.png()), "mine.png")}
    sent = client.post("/v1/tickets", data=data).json
    assert sent is not None
    reference = sent["reference"]
    ours = file_of()
    store.put(ours["object"], b"abc", "image/png")
    deliver(engine, written(reference, attachments=[ours], names={ours["id"]: "ours å.png"}))
    mine, theirs = (one["attachments"][0] for one in conversation(client, reference, mailed(reference)))
    assert (mine["name"], mine["media_type"], mine["state"]) == ("mine.png", "image/png", "pending")
    assert (theirs["name"], theirs["size"], theirs["state"]) == ("ours å.png", 3, "clean")
    assert theirs["url"] == f"/v1/tickets/{reference}/attachments/{ours['id']}"
    for url in (mine["url"], theirs["url"]):
        answer = client.get(url, headers=mailed(reference))
        assert answer.status_code == 302
        assert int(parse_qs(urlsplit(answer.location).query)["X-Amz-Expires"][0]) <= 300
        assert (
            client.get(f"{url}?key={mailed_key(SECRET, reference, 1)}").location.split("?")[0]
            == answer.location.split("?")[0]
        )
        assert client.get(url).status_code == 401
    assert client.get(mine["url"], headers=receipt(reference)).status_code == 302
    assert client.get(theirs["url"], headers=receipt(reference)).status_code == 404
    assert client.get(f"/v1/tickets/{reference}/attachments/{uuid4()}", headers=mailed(reference)).status_code == 404


def test_a_file_of_another_ticket_is_not_found(client: FlaskClient, engine: Engine, reference: str) -> None:
    ours = file_of()
    other = client.post("/v1/tickets", json=submission_fields(message="Another.")).json
    assert other is not None
    deliver(engine, written(reference, attachments=[ours], names={ours["id"]: "a.png"}))
    url = f"/v1/tickets/{other['reference']}/attachments/{ours['id']}"
    assert client.get(url, headers=mailed(other["reference"])).status_code == 404


def test_a_quarantined_file_is_not_served(client: FlaskClient, engine: Engine, reference: str) -> None:
    ours = file_of(state="quarantined")
    deliver(engine, written(reference, attachments=[ours], names={ours["id"]: "a.png"}))
    url = f"/v1/tickets/{reference}/attachments/{ours['id']}"
    assert client.get(url, headers=mailed(reference)).status_code == 409


def test_whoever_sends_the_submission_again_gets_no_renewed_key(client: FlaskClient, engine: Engine) -> None:
    first = client.post("/v1/tickets", json=submission_fields(), headers={"Idempotency-Key": "k"}).json
    with engine.begin() as connection:
        connection.execute(text("update intake.submissions set key_number = 2"))
    again = client.post("/v1/tickets", json=submission_fields(), headers={"Idempotency-Key": "k"})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json == first


def test_an_answer_stands_where_it_was_written(client: FlaskClient, engine: Engine, reference: str) -> None:
    """Its event comes later where its files had to be checked first."""
    follow_ups = f"/v1/tickets/{reference}/follow-ups"
    with engine.connect() as connection:
        before = connection.execute(text("select clock_timestamp()")).scalar_one()
    client.post(follow_ups, json={"message": "And this?"}, headers=mailed(reference))
    deliver(engine, written(reference, message="First", written_at=before.isoformat()))
    shown = conversation(client, reference, mailed(reference))
    assert [one["text"] for one in shown[1:]] == ["First", "And this?"]


def test_the_same_words_after_an_answer_are_another_message(
    client: FlaskClient, engine: Engine, reference: str
) -> None:
    follow_ups = f"/v1/tickets/{reference}/follow-ups"

    def send_yes() -> str | None:
        answer = client.post(follow_ups, json={"message": "Yes"}, headers=mailed(reference))
        assert answer.status_code == 201
        return answer.headers.get("Idempotency-Replayed")

    assert [send_yes(), send_yes()] == [None, "true"]
    deliver(engine, written(reference, message="And the other?"))
    assert [send_yes(), send_yes()] == [None, "true"]
    texts = [one["text"] for one in conversation(client, reference, mailed(reference))]
    assert texts[1:] == ["Yes", "And the other?", "Yes"]


def test_a_change_without_the_mailed_key_hides_the_answers_before_it(
    client: FlaskClient, engine: Engine, deps: Deps, reference: str
) -> None:
    """They were written to the address before, whose mail came back."""
    deliver(engine, written(reference, message="For Ann alone"))
    with engine.begin() as connection:
        connection.execute(text("update intake.submissions set mail_state = 'bounced'"))
    change_email(deps, reference, receipt_key(SECRET, reference, 1), "other@example.net", "c")
    assert "For Ann alone" not in client.get(f"/v1/tickets/{reference}", headers=mailed(reference)).text
    deliver(engine, written(reference, message="For the new address"))
    shown = conversation(client, reference, mailed(reference))
    assert [one["text"] for one in shown[1:]] == ["For the new address"]


@pytest.mark.parametrize(("told", "source"), [("api", "api"), ("console", "console"), (None, "console")])
def test_an_answer_names_the_way_it_was_written(
    client: FlaskClient, engine: Engine, reference: str, told: str | None, source: str
) -> None:
    deliver(engine, written(reference, **({"source": told} if told else {})))
    assert conversation(client, reference, mailed(reference))[1]["source"] == source


def test_the_receipts_key_shows_the_address_masked(client: FlaskClient, reference: str) -> None:
    client.post(f"/v1/tickets/{reference}/follow-ups", json={"message": "More."}, headers=receipt(reference))
    shown = conversation(client, reference, receipt(reference))
    assert [one["author"]["email"] for one in shown] == ["a•••@example.com"] * 2
    shown = conversation(client, reference, mailed(reference))
    assert [one["author"]["email"] for one in shown] == ["ann@example.com"] * 2
