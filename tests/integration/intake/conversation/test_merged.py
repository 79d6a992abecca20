"""The pages of a merged ticket and of the one that its matter continues in, through each of their keys."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from shared.events.contracts import Event, ticket_merged, ticket_unmerged
from tests.integration.intake.conftest import submission_fields
from tests.integration.intake.conversation.told import (
    conversation,
    deliver,
    file_of,
    mailed,
    receipt,
    state,
    written,
)
from tests.samples import files

HTML = {"Accept": "text/html"}
Key = Callable[[str], dict[str, str]]


def merged(reference: str, into: str, **more: Any) -> Event:
    payload = {"team": "account", "state": "resolved", "into": into, "by": "Ada", "silent": True, **more}
    return ticket_merged(reference, "c", payload, {})


def unmerged(reference: str) -> Event:
    return ticket_unmerged(reference, "c", {"team": "account", "by": "Ada"})


def page(client: FlaskClient, reference: str, key: dict[str, str], language: str = "en") -> str:
    query = {"key": key["Authorization"].removeprefix("Bearer "), "lang": language}
    answer = client.get(f"/t/{reference}", query_string=query, headers=HTML)
    assert answer.status_code == 200
    return answer.text


def told(client: FlaskClient, reference: str, key: dict[str, str]) -> list[tuple[str, str]]:
    return [(entry["reference"], entry["text"]) for entry in conversation(client, reference, key)]


def shown(client: FlaskClient, reference: str, key: dict[str, str]) -> Any:
    answer = client.get(f"/v1/tickets/{reference}", headers=key)
    return answer.json


def open_file(client: FlaskClient, url: str, key: dict[str, str]) -> int:
    return client.get(url, headers=key).status_code


@pytest.fixture
def surviving(client: FlaskClient, engine: Engine) -> str:
    fields = submission_fields(message="Older.", email="ann@example.com")
    answer = client.post("/v1/tickets", data={**fields, "attachment": (BytesIO(files.png()), "older.png")}).json
    assert answer is not None
    deliver(engine, written(answer["reference"], message="To the older."))
    return str(answer["reference"])


@pytest.fixture
def newer(client: FlaskClient, engine: Engine) -> str:
    fields = submission_fields(message="Newer.", email="Ann+shop@example.com")
    answer = client.post("/v1/tickets", data={**fields, "attachment": (BytesIO(files.png()), "newer.png")}).json
    assert answer is not None
    reference = str(answer["reference"])
    names = file_of(id="0190b0d8-0000-7000-8000-000000000001")
    deliver(
        engine,
        written(reference, message="To the newer.", attachments=[names], names={names["id"]: "plan.pdf"}),
    )
    return reference


def opened(client: FlaskClient, *references: str) -> dict[str, Any]:
    """All that the keys of these tickets open, of all of them: statuses, messages, files."""
    found: dict[str, Any] = {}
    for key_of in references:
        for name, make in (("receipt", receipt), ("mailed", mailed)):
            key = make(key_of)
            for reference in references:
                place = f"{name} of {references.index(key_of)} on {references.index(reference)}"
                answer = client.get(f"/v1/tickets/{reference}", headers=key)
                found[place] = answer.status_code
                if answer.status_code != 200 or answer.json is None:
                    continue
                entries = answer.json["conversation"]
                found[place] = [(entry["reference"] == key_of, entry["text"]) for entry in entries]
                urls = [file["url"] for entry in entries for file in entry["attachments"]]
                found[f"{place}: files"] = len(urls)
                assert {open_file(client, url, key) for url in urls} <= {302}
    return found


def test_the_mailed_key_of_the_surviving_one_shows_both(
    client: FlaskClient, engine: Engine, surviving: str, newer: str
) -> None:
    deliver(engine, merged(newer, surviving))
    key = mailed(surviving)
    assert told(client, surviving, key) == [
        (surviving, "Older."),
        (surviving, "To the older."),
        (newer, "Newer."),
        (newer, "To the newer."),
    ]
    entries = conversation(client, surviving, key)
    urls = [file["url"] for entry in entries for file in entry["attachments"]]
    assert len(urls) == 3
    assert {url.split("/")[3] for url in urls} == {surviving}
    assert {open_file(client, url, key) for url in urls} == {302}
    assert {open_file(client, url, receipt(surviving)) for url in urls[1:]} == {404}
    assert f"your note {newer}" in page(client, surviving, key)
    assert shown(client, surviving, key)["follow_ups"] == []


def test_no_other_key_opens_more_than_before(client: FlaskClient, engine: Engine, surviving: str, newer: str) -> None:
    before = opened(client, surviving, newer)
    deliver(engine, merged(newer, surviving), state(newer, "resolved"))
    after = opened(client, surviving, newer)
    grown = {place for place in before if after[place] != before[place]}
    assert grown == {"mailed of 0 on 0", "mailed of 0 on 0: files"}
    deliver(engine, unmerged(newer), state(newer, "open"))
    assert opened(client, surviving, newer) == before


@pytest.mark.parametrize("key", [receipt, mailed])
def test_the_merged_tickets_page_names_the_other_and_no_more(
    client: FlaskClient, engine: Engine, surviving: str, newer: str, key: Key
) -> None:
    deliver(engine, state(newer, "resolved"), merged(newer, surviving))
    deliver(engine, written(surviving, message="Since the merge."))
    found = page(client, newer, key(newer))
    assert f"Your note continues under {surviving}" in found
    assert f"Ditt meddelande fortsätter under {surviving}" in page(client, newer, key(newer), "sv")
    for words in ("Older.", "To the older.", "Since the merge.", f"/t/{surviving}", "older.png"):
        assert words not in found
    body = shown(client, newer, key(newer))
    assert (body["status"], body["merged_into"]) == ("resolved", surviving)
    assert "merged_into" not in shown(client, surviving, key(surviving))
    deliver(engine, unmerged(newer), state(newer, "open"))
    assert "continues under" not in page(client, newer, key(newer))
    assert "merged_into" not in shown(client, newer, key(newer))


def test_what_is_sent_to_the_merged_one_is_shown_by_its_own_keys(
    client: FlaskClient, engine: Engine, surviving: str, newer: str
) -> None:
    deliver(engine, state(newer, "resolved"), merged(newer, surviving))
    answer = client.post(f"/v1/tickets/{newer}/follow-ups", json={"message": "More."}, headers=receipt(newer))
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["reference"] == newer
    assert told(client, newer, receipt(newer))[-1] == (newer, "More.")
    assert told(client, surviving, mailed(surviving))[-1] == (newer, "More.")
    assert told(client, surviving, receipt(surviving)) == [(surviving, "Older.")]


def test_after_14_days_it_still_goes_to_the_surviving_one(
    client: FlaskClient, engine: Engine, surviving: str, newer: str
) -> None:
    deliver(engine, state(newer, "resolved"), merged(newer, surviving), state(surviving, "open"))
    _age(engine, newer)
    path, more = f"/v1/tickets/{newer}/follow-ups", {"message": "Late."}
    answer = client.post(path, json=more, headers=receipt(newer)).json
    assert answer is not None
    assert answer["reference"] == newer
    # When that one was resolved long ago too, it is a new ticket, as ever.
    deliver(engine, state(surviving, "resolved"))
    _age(engine, surviving)
    answer = client.post(path, json={"message": "Later."}, headers=receipt(newer)).json
    assert answer is not None
    assert answer["reference"] not in (newer, surviving)


def _age(engine: Engine, reference: str) -> None:
    with engine.begin() as connection:
        values = {"reference": reference}
        aged = "update intake.submissions set status_since = now() - interval '15 days' where reference = :reference"
        connection.execute(text(aged), values)


def test_another_address_since_then_shows_nothing_of_the_merged_one(
    client: FlaskClient, engine: Engine, surviving: str, newer: str
) -> None:
    deliver(engine, merged(newer, surviving))
    changed = text("""
        update intake.submissions
        set address = 'bo@example.org', personal = jsonb_set(personal, '{email}', cast(:email as jsonb)) where reference = :reference
    """)
    urls = [file["url"] for one in conversation(client, surviving, mailed(surviving)) for file in one["attachments"]]
    with engine.begin() as connection:
        connection.execute(changed, {"email": json.dumps("bo@example.org"), "reference": surviving})
    assert {reference for reference, _ in told(client, surviving, mailed(surviving))} == {surviving}
    assert [open_file(client, url, mailed(surviving)) for url in urls] == [302, 404, 404]


def test_answers_hidden_from_a_new_address_stay_hidden(
    client: FlaskClient, engine: Engine, surviving: str, newer: str
) -> None:
    deliver(engine, merged(newer, surviving))
    urls = [file["url"] for one in conversation(client, surviving, mailed(surviving)) for file in one["attachments"]]
    with engine.begin() as connection:
        hidden = "update intake.submissions set answers_shown_from = clock_timestamp() where reference = :reference"
        connection.execute(text(hidden), {"reference": surviving})
    assert [words for _, words in told(client, surviving, mailed(surviving))] == ["Older.", "Newer."]
    assert [open_file(client, url, mailed(surviving)) for url in urls] == [302, 302, 404]


def test_with_the_receipts_key_the_address_stays_once_another_was_merged_into_it(
    client: FlaskClient, engine: Engine, reference: str
) -> None:
    fields = submission_fields(message="Newer.")
    answer = client.post("/v1/tickets", json=fields).json
    assert answer is not None
    newer = answer["reference"]
    key = receipt(reference)["Authorization"].removeprefix("Bearer ")
    form = {"key": key, "email": "bo@example.org"}
    assert client.post(f"/t/{reference}/address", data=form, headers=HTML).status_code == 303
    deliver(engine, merged(newer, reference))
    with engine.connect() as connection:
        assert connection.execute(text("select from intake.address_changes")).all() == []
    assert client.post(f"/t/{reference}/address", data=form, headers=HTML).status_code == 409
    with engine.begin() as connection:
        connection.execute(text("update intake.submissions set mail_state = 'bounced'"))
    assert client.post(f"/t/{reference}/address", data=form, headers=HTML).status_code == 409


def test_the_merged_one_is_not_withdrawn(client: FlaskClient, engine: Engine, surviving: str, newer: str) -> None:
    deliver(engine, state(newer, "resolved"), merged(newer, surviving))
    assert client.post(f"/v1/tickets/{newer}/withdrawal", headers=receipt(newer)).status_code == 409
    assert "/withdrawal" not in page(client, newer, receipt(newer))


def test_an_older_event_that_comes_late_changes_nothing(
    client: FlaskClient, engine: Engine, surviving: str, newer: str
) -> None:
    [first] = deliver(engine, merged(newer, surviving))
    deliver(engine, unmerged(newer))
    with engine.begin() as connection:
        again = "insert into events.deliveries (id, subscriber, ticket, due_at) values (:id, 'intake', :ticket, now())"
        connection.execute(text(again), {"id": first, "ticket": newer})
    deliver(engine)
    assert "merged_into" not in shown(client, newer, receipt(newer))
