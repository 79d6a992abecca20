"""An e-mail waits until its files are checked; a quarantined one stops it and tells its writer."""

import threading
from typing import Any

import pytest
from sqlalchemy import Engine

from services.triage.settings import TriageSettings
from services.triage.uploads.attach_uploads import attach_uploads
from services.triage.uploads.clean_uploads import clean_uploads
from shared.settings import read
from shared.storage.object_store import ObjectStore
from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.uploads.conftest import SlowWorker, attached, upload
from tests.integration.triage.uploads.test_attach_uploads import MESSAGE_ACTIONS, TOLD, act
from tests.polling import eventually
from tests.samples import files

WAITS_FOR_UPLOAD = """
    select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%update triage.uploads%'
"""


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "business", name="Ada")


@pytest.fixture
def reference(triage: Triage) -> str:
    return triage.submit("business/blocked-link")


def unsent(triage: Triage) -> int:
    return len(triage.rows("select * from triage.unsent_messages"))


@pytest.mark.parametrize("action", MESSAGE_ACTIONS)
def test_the_event_comes_when_the_last_file_is_checked(
    action: str, agent: Caller, reference: str, triage: Triage, slow_worker: SlowWorker
) -> None:
    checked = upload(agent, "a.pdf")
    slow_worker.clean()
    shown = act(agent, reference, action, [checked, upload(agent, "a.png", files.png())])
    assert shown["state"] in ("waiting", "resolved")
    assert triage.told(reference, TOLD[action]) == []
    assert [told["state"] for told in triage.told(reference, "TicketStateChanged")] == [shown["state"]]
    assert slow_worker.send() == 0
    assert slow_worker.clean() == 1
    assert slow_worker.send() == 1
    [told] = triage.told(reference, TOLD[action])
    assert [file["state"] for file in told["attachments"]] == ["not_scanned", "clean"]
    assert told["attachments"][1]["object"] == attached(triage, reference)[1].object
    assert (slow_worker.send(), unsent(triage)) == (0, 0)
    assert agent.get(f"/v1/tickets/{reference}")["state"] == shown["state"]


def test_it_goes_to_the_address_that_the_requester_has_by_then(
    agent: Caller, reference: str, triage: Triage, slow_worker: SlowWorker
) -> None:
    act(agent, reference, "replies", [upload(agent)])
    triage.rows("update triage.tickets set email = 'new@example.com' where reference = :r", r=reference)
    slow_worker.clean()
    slow_worker.send()
    [log] = triage.rows("select personal from events.log where type = 'TicketAnswered'")
    assert (log.personal["email"], log.personal["message"]) == ("new@example.com", "See the file.")


@pytest.mark.parametrize("cleaned_before", [False, True])
@pytest.mark.parametrize("action", MESSAGE_ACTIONS)
def test_a_quarantined_file_stops_the_message_and_opens_the_ticket(
    action: str, cleaned_before: bool, agent: Caller, reference: str, triage: Triage, slow_worker: SlowWorker
) -> None:
    uploads = [upload(agent, "a.png", files.large_and_broken()), upload(agent)]
    if cleaned_before:
        slow_worker.clean()
    shown = act(agent, reference, action, uploads)
    entry = next(line["id"] for line in shown["timeline"] if line["by"] == "Ada")
    slow_worker.clean()
    assert slow_worker.send() == 1
    assert triage.told(reference, TOLD[action]) == []
    ticket = agent.get(f"/v1/tickets/{reference}")
    assert ticket["state"] == "open"
    assert ticket["respond_by"] is not None
    assert (ticket["reserved_until"] is not None) == (action != "resolution"), "it is its writer's, who owns it by then"
    [stopped] = [line for line in ticket["timeline"] if line["kind"] == "message_stopped"]
    quarantined = ticket["attachments"][0]
    assert quarantined["state"] == "quarantined"
    assert stopped["facts"] == {"entry": entry, "files": [quarantined["id"]]}
    assert [told["state"] for told in triage.told(reference, "TicketStateChanged")][-1] == "open"
    assert agent("GET", quarantined["url"]).status_code == 409
    assert (slow_worker.send(), unsent(triage)) == (0, 0)


def test_a_ticket_that_moved_on_is_left_alone(
    agent: Caller, reference: str, triage: Triage, slow_worker: SlowWorker
) -> None:
    broken = upload(agent, "a.png", files.large_and_broken())
    act(agent, reference, "replies", [broken])
    agent.post(f"/v1/tickets/{reference}/reopening", {"reason": "More to do."})
    agent.post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
    slow_worker.clean()
    slow_worker.send()
    shown = agent.get(f"/v1/tickets/{reference}")
    assert shown["state"] == "resolved"
    assert shown["timeline"][-1]["kind"] == "message_stopped"


def test_a_kept_claim_stays_when_its_reply_is_stopped(
    agent: Caller, reference: str, triage: Triage, slow_worker: SlowWorker
) -> None:
    [claim] = agent.claim("business")
    body = {
        "message": "x",
        "then": "keep",
        "claim": claim["claim"],
        "attachments": [upload(agent, "a.png", files.large_and_broken())],
    }
    agent.post(f"/v1/tickets/{reference}/replies", body, 201)
    slow_worker.clean()
    slow_worker.send()
    shown = agent.get(f"/v1/tickets/{reference}")
    assert (shown["state"], shown["timeline"][-1]["kind"]) == ("claimed", "message_stopped")


def test_a_quarantined_file_of_a_note_is_told(
    agent: Caller, reference: str, triage: Triage, slow_worker: SlowWorker
) -> None:
    act(agent, reference, "notes", [upload(agent, "a.png", files.large_and_broken())])
    slow_worker.clean()
    assert slow_worker.send() == 0
    assert triage.timeline(reference)[-1] == "file_checked"


def test_one_message_waits_for_its_own_files_only(agent: Caller, triage: Triage, slow_worker: SlowWorker) -> None:
    first, second = (triage.submit("business/blocked-link") for _ in range(2))
    act(agent, first, "replies", [upload(agent)])
    slow_worker.clean()
    act(agent, second, "replies", [upload(agent)])
    assert slow_worker.send() == 1
    assert len(triage.told(first, "TicketAnswered")) == 1
    assert triage.told(second, "TicketAnswered") == []


class HeldUp(ObjectStore):
    """A store whose file is given out only once `go_on` is set."""

    def __init__(self, settings: TriageSettings) -> None:
        super().__init__(settings)
        self.asked, self.go_on = threading.Event(), threading.Event()

    def get(self, key: str) -> bytes:
        self.asked.set()
        assert self.go_on.wait(60)
        return super().get(key)


def test_an_upload_used_while_its_result_is_written_is_known_as_checked(
    agent: Caller,
    reference: str,
    triage: Triage,
    engine: Engine,
    slow_worker: SlowWorker,
    environment: dict[str, str],
) -> None:
    """The worker waits for the action's lock, and then finds the file that the action attached."""
    upload(agent)
    [row] = triage.rows("select id, uploader from triage.uploads")
    writer: Any = type("Writer", (), {"id": row.uploader})
    store = HeldUp(read(TriageSettings, environment))
    cleaning = threading.Thread(target=clean_uploads, args=(engine, store, slow_worker.decoders, lambda: True))
    cleaning.start()
    assert store.asked.wait(60)
    with engine.begin() as connection:
        attach_uploads(connection, writer, reference, 1, [str(row.id)])
        store.go_on.set()
        eventually(lambda: triage.rows(WAITS_FOR_UPLOAD) or None)
    cleaning.join(60)
    assert [file.state for file in attached(triage, reference)] == ["not_scanned"]


def test_two_workers_send_a_message_once(agent: Caller, triage: Triage, slow_worker: SlowWorker) -> None:
    references = [triage.submit("business/blocked-link") for _ in range(5)]
    for reference in references:
        act(agent, reference, "replies", [upload(agent)])
    slow_worker.clean()
    sent: list[int] = []
    threads = [threading.Thread(target=lambda: sent.append(slow_worker.send())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(sent) == 5
    assert [len(triage.told(reference, "TicketAnswered")) for reference in references] == [1] * 5
