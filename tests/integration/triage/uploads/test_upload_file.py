"""POST /v1/uploads: checked as a requester's file is; kept a day for its uploader."""

import io
from typing import Any

import pytest
from sqlalchemy import Engine

from services.triage.uploads.sweep_uploads import delete_unused, sweep_uploads
from shared.storage.object_store import ObjectStore, new_object_name
from shared.storage.orphans import ORPHAN_AGE
from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.uploads.conftest import SlowWorker, post_file, upload
from tests.samples import files


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "ads", name="Ada")


def post(caller: Caller, data: Any, **more: Any) -> Any:
    return caller.client.post("/v1/uploads", data=data, headers=caller.headers, **more)


def test_a_file_is_kept_with_its_cleaned_name(agent: Caller, triage: Triage, store: ObjectStore) -> None:
    answer = post_file(agent, "../ plan\u202e.pdf", files.PDF)
    assert answer.status_code == 201
    shown = answer.get_json()
    identity = shown.pop("id")
    assert shown == {
        "name": "plan.pdf",
        "media_type": "application/pdf",
        "size": len(files.PDF),
        "state": "pending",
    }
    [row] = triage.rows("select * from triage.uploads")
    assert str(row.id) == identity
    assert row.object.startswith("uploads/")
    assert store.get(row.object) == files.PDF


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("a.png", b"x" * files.LIMIT, 413),
        ("a.pdf", b"", 422),
        ("a.png", files.PDF, 415),
        ("a.exe", files.PDF, 415),
        ("a.png", files.png()[:60], 415),
    ],
)
def test_a_file_is_checked_as_a_requesters_is(
    agent: Caller, triage: Triage, name: str, body: bytes, status: int
) -> None:
    answer = post_file(agent, name, body)
    assert answer.status_code == status
    assert list(answer.get_json()["errors"]) == ["attachment"]
    assert triage.rows("select * from triage.uploads") == []


def test_what_is_no_single_file_is_refused(agent: Caller) -> None:
    two = [(io.BytesIO(files.PDF), "a.pdf"), (io.BytesIO(files.PDF), "b.pdf")]
    named = {
        "several": post(agent, {"attachment": two}),
        "none": post(agent, {}, content_type="multipart/form-data"),
        "text": post(agent, {"attachment": "x"}, content_type="multipart/form-data"),
        "none chosen": post(agent, {"attachment": (io.BytesIO(b""), "")}),
    }
    assert {name: (answer.status_code, list(answer.json["errors"])) for name, answer in named.items()} == dict.fromkeys(
        named, (422, ["attachment"])
    )
    unknown = post(agent, {"attachment": (io.BytesIO(files.PDF), "a.pdf"), "note": "x"})
    assert (unknown.status_code, list(unknown.json["errors"])) == (422, ["note"])


def test_a_body_that_is_no_form_is_refused(agent: Caller) -> None:
    assert agent("POST", "/v1/uploads", {"attachment": "x"}).status_code == 415
    assert post(agent, b"--x", content_type="multipart/form-data; boundary=y").status_code == 400


def test_a_key_makes_an_upload_once(agent: Caller, people: People, triage: Triage) -> None:
    def post_with_key(caller: Caller, name: str, body: bytes, key: str) -> Any:
        form = {"attachment": (io.BytesIO(body), name)}
        headers = {**caller.headers, "Idempotency-Key": key}
        return caller.client.post("/v1/uploads", data=form, headers=headers)

    first = post_with_key(agent, "a.pdf", files.PDF, "k")
    again = post_with_key(agent, "a.pdf", files.PDF, "k")
    assert (first.status_code, again.status_code, again.get_json()) == (201, 201, first.get_json())
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert post_with_key(agent, "b.pdf", files.PDF, "k").status_code == 422
    assert post_with_key(agent, "a.png", files.png(), "k").status_code == 422
    assert post_with_key(agent, "a.pdf", files.PDF, "å").status_code == 400
    other = post_with_key(people("agent", "ads"), "a.pdf", files.PDF, "k")
    assert other.status_code == 201
    assert len(triage.rows("select * from triage.uploads")) == 2
    triage.rows("delete from triage.uploads")
    assert post_with_key(agent, "a.pdf", files.PDF, "k").status_code == 404


@pytest.mark.parametrize("role", ["auditor", None])
def test_only_who_may_write_uploads(people: People, role: Any) -> None:
    caller = people(role) if role else people("agent", "ads", scopes=("read",))
    assert post_file(caller, "a.pdf", files.PDF).status_code == 403


def test_an_unused_upload_is_deleted_after_a_day(
    agent: Caller, triage: Triage, engine: Engine, slow_worker: SlowWorker
) -> None:
    old, new = upload(agent), upload(agent)
    triage.rows("update triage.uploads set created_at = now() - interval '24 hours' where id = :id", id=old)
    delete_unused(engine, slow_worker.store)
    [left] = triage.rows("select * from triage.uploads")
    assert str(left.id) == new
    assert [name for name, _ in slow_worker.store.list_objects("uploads")] == [left.object]
    reference = triage.submit("ads/metrics")
    agent.post(f"/v1/tickets/{reference}/notes", {"message": "x", "attachments": [old]}, 422)


def test_a_used_upload_is_deleted_after_a_day_and_its_object_stays(
    agent: Caller, triage: Triage, engine: Engine, slow_worker: SlowWorker
) -> None:
    reference = triage.submit("ads/metrics")
    note = {"message": "x", "attachments": [upload(agent)]}
    agent.post(f"/v1/tickets/{reference}/notes", note, 201)
    triage.rows("update triage.uploads set created_at = now() - interval '25 hours'")
    delete_unused(engine, slow_worker.store)
    assert len(triage.rows("select * from triage.uploads")) == 1, "it is not checked yet"
    slow_worker.clean()
    delete_unused(engine, slow_worker.store)
    assert triage.rows("select * from triage.uploads") == []
    [file] = agent.get(f"/v1/tickets/{reference}")["attachments"]
    assert file["state"] == "not_scanned"
    assert len(list(slow_worker.store.list_objects("uploads"))) == 1
    agent.post(f"/v1/tickets/{reference}/notes", note, 422)


def test_orphans_are_swept_only_when_old_and_unknown(
    agent: Caller, triage: Triage, engine: Engine, slow_worker: SlowWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = slow_worker.store
    reference = triage.submit("ads/metrics")
    agent.post(f"/v1/tickets/{reference}/notes", {"message": "x", "attachments": [upload(agent)]}, 201)
    triage.rows("delete from triage.uploads")
    upload(agent)
    orphan = new_object_name("uploads")
    store.put(orphan, b"x", "image/png")
    sweep_uploads(engine, store, lambda: True)
    assert store.exists(orphan)
    now = __import__("time").time()
    monkeypatch.setattr("time.time", lambda: now + ORPHAN_AGE + 60)
    assert sweep_uploads(engine, store, lambda: True) == 1
    assert not store.exists(orphan)
    assert len(list(store.list_objects("uploads"))) == 2
