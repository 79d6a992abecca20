"""Actions with files of an agent's own: each is used once, by its uploader, on one message."""

import threading
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.uploads.conftest import SlowWorker, attached, upload
from tests.samples import files

MESSAGE_ACTIONS: dict[str, dict[str, Any]] = {
    "replies": {"message": "See the file.", "then": "resolve"},
    "information-requests": {"evidence": ["pin_url"], "message": "As in the picture."},
    "disapproval": {"reasons": ["excessive_hashtags"]},
    "resolution": {"outcome": "solved"},
}
TOLD = {
    "replies": "TicketAnswered",
    "information-requests": "EvidenceRequested",
    "disapproval": "TicketDisapproved",
    "resolution": "TicketResolved",
}


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "business", name="Ada")


@pytest.fixture
def reference(triage: Triage) -> str:
    return triage.submit("business/blocked-link")


def act(caller: Caller, reference: str, action: str, uploads: list[str], status: int | None = None) -> Any:
    body = {**{"notes": {"message": "For us."}, **MESSAGE_ACTIONS}[action], "attachments": uploads}
    wanted = status or (201 if action in ("replies", "notes", "information-requests") else 200)
    return caller.post(f"/v1/tickets/{reference}/{action}", body, wanted)


@pytest.mark.parametrize("action", MESSAGE_ACTIONS)
def test_a_message_takes_its_files_along(
    action: str, agent: Caller, reference: str, triage: Triage, slow_worker: SlowWorker
) -> None:
    uploads = [upload(agent, "b.pdf"), upload(agent, "a.pdf")]
    assert slow_worker.clean() == 2
    shown = act(agent, reference, action, uploads)
    assert [(file["name"], file["state"]) for file in shown["attachments"]] == [
        ("b.pdf", "not_scanned"),
        ("a.pdf", "not_scanned"),
    ]
    [told] = triage.told(reference, TOLD[action])
    assert told["source"] == "api"
    rows = attached(triage, reference)
    assert told["attachments"] == [
        {
            "id": str(row.id),
            "object": row.object,
            "media_type": "application/pdf",
            "size": len(files.PDF),
            "sha256": row.sha256,
            "state": "not_scanned",
        }
        for row in rows
    ]
    [message] = [entry for entry in shown["conversation"] if entry["id"] == told["entry"]]
    assert [file["name"] for file in message["attachments"]] == ["b.pdf", "a.pdf"]
    kinds = {line["id"]: line["kind"] for line in shown["timeline"]}
    assert {row.entry for row in rows} == {told["entry"]}
    assert kinds[told["entry"]] in ("replied", "information_requested", "disapproved", "resolved")
    [log] = triage.rows("select personal from events.log where type = :type", type=TOLD[action])
    assert log.personal["attachment_names"] == {str(row.id): row.name for row in rows}


def test_a_message_without_files_has_none(agent: Caller, reference: str, triage: Triage) -> None:
    act(agent, reference, "replies", [])
    [told] = triage.told(reference, "TicketAnswered")
    assert told["attachments"] == []
    [log] = triage.rows("select personal from events.log where type = 'TicketAnswered'")
    assert log.personal["attachment_names"] == {}


def test_files_of_internal_notes_are_for_agents_only(
    agent: Caller, reference: str, triage: Triage, slow_worker: SlowWorker
) -> None:
    shown = act(agent, reference, "notes", [upload(agent)])
    [row] = attached(triage, reference)
    assert (row.internal, row.entry) == (True, shown["entry"]["id"])
    assert agent("GET", shown["attachments"][0]["url"]).status_code == 302
    told = triage.rows(
        "select payload, personal from events.log where type like 'Ticket%' or type = 'EvidenceRequested'"
    )
    assert [event for event in told if str(row.id) in str(event) or row.object in str(event)] == []
    assert triage.rows("select * from triage.unsent_messages") == []


@pytest.mark.parametrize("action", [*MESSAGE_ACTIONS, "notes"])
def test_an_upload_is_used_once_by_its_uploader(
    action: str, agent: Caller, people: People, reference: str, triage: Triage
) -> None:
    colleague = people("agent", "business")
    used, theirs, free = upload(agent), upload(colleague), upload(agent)
    act(agent, triage.submit("business/blocked-link"), "notes", [used])
    before = triage.rows("select * from triage.timeline order by id"), triage.rows("select * from triage.tickets")
    for wrong in (used, theirs, str(uuid4()), "x", "", free, free.upper()):
        answer = act(agent, reference, action, [free, wrong], 422)
        assert list(answer["errors"]) == ["attachments"]
    after = triage.rows("select * from triage.timeline order by id"), triage.rows("select * from triage.tickets")
    assert after == before
    act(agent, reference, action, [free])
    assert len(attached(triage, reference)) == 1


@pytest.mark.parametrize("action", [*MESSAGE_ACTIONS, "notes"])
def test_at_most_ten_files_of_ten_mebibytes_together(
    action: str, agent: Caller, reference: str, triage: Triage
) -> None:
    uploads = [upload(agent) for _ in range(11)]
    assert list(act(agent, reference, action, uploads, 422)["errors"]) == ["attachments"]
    triage.rows("update triage.uploads set size = 1048576")
    triage.rows("update triage.uploads set size = 1048577 where id = :id", id=uploads[0])
    assert list(act(agent, reference, action, uploads[:10], 422)["errors"]) == ["attachments"]
    act(agent, reference, action, uploads[1:])
    assert len(attached(triage, reference)) == 10


def test_two_actions_at_once_use_an_upload_once(agent: Caller, triage: Triage, people: People) -> None:
    shared = upload(agent)
    references = [triage.submit("business/blocked-link") for _ in range(4)]
    barrier = threading.Barrier(4)
    answers: list[int] = []

    def write(reference: str) -> None:
        barrier.wait()
        body = {"message": "x", "attachments": [shared]}
        answer = agent.client.post(f"/v1/tickets/{reference}/notes", json=body, headers=agent.headers)
        answers.append(answer.status_code)

    threads = [threading.Thread(target=write, args=(reference,)) for reference in references]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [201, 422, 422, 422]
