"""A person's uploads, and the slow worker's steps on them."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from services.triage.settings import TriageSettings
from services.triage.uploads.clean_uploads import clean_uploads
from services.triage.uploads.send_checked_messages import send_checked_messages
from shared.attachments.decoders import Decoders
from shared.settings import read
from shared.storage.object_store import ObjectStore
from tests.integration.triage.conftest import Caller, Triage
from tests.samples import files


def post_file(caller: Caller, name: str, body: bytes) -> TestResponse:
    """The answer to an upload."""
    form = {"attachment": (io.BytesIO(body), name)}
    return caller.client.post("/v1/uploads", data=form, headers=caller.headers)


def upload(caller: Caller, name: str = "plan.pdf", body: bytes = files.PDF) -> str:
    """The id of a file that was accepted."""
    answer = post_file(caller, name, body)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


@dataclass(frozen=True)
class SlowWorker:
    """What the slow worker does with uploads."""

    engine: Engine
    store: ObjectStore
    decoders: Decoders
    triage: Triage

    def clean(self) -> int:
        return clean_uploads(self.engine, self.store, self.decoders, lambda: True)

    def send(self) -> int:
        """Send or stop the messages whose files are checked; returns how many."""
        done = 0
        while True:
            with self.engine.begin() as connection:
                if not send_checked_messages(connection, self.triage.rulesets, 30):
                    return done
            done += 1


@pytest.fixture(scope="session")
def store(environment: dict[str, str]) -> ObjectStore:
    made = ObjectStore(read(TriageSettings, environment))
    made.ensure_bucket()
    return made


@pytest.fixture(scope="session")
def decoders() -> Iterator[Decoders]:
    made = Decoders()
    yield made
    made.close()


@pytest.fixture
def slow_worker(engine: Engine, store: ObjectStore, decoders: Decoders, triage: Triage) -> SlowWorker:
    for name, _ in list(store.list_objects("uploads")):
        store.delete(name)
    return SlowWorker(engine, store, decoders, triage)


def attached(triage: Triage, reference: str) -> list[Any]:
    """The ticket's files."""
    return triage.rows("select * from triage.attachments where ticket = :ticket order by position", ticket=reference)
