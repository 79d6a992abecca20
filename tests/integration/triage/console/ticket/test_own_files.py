"""Files of an agent's own, uploaded with the form."""

import re
from io import BytesIO
from typing import Any

import pytest

from services.triage.settings import TriageSettings
from shared.attachment_types import ATTACHMENT_TYPES
from shared.settings import read
from shared.storage.object_store import ObjectStore
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn, Visitor

PNG = next(one.sample for one in ATTACHMENT_TYPES if one.name == "png")


def png(name: str) -> tuple[BytesIO, str]:
    return BytesIO(PNG), name


@pytest.fixture(autouse=True)
def bucket(environment: dict[str, str]) -> None:
    ObjectStore(read(TriageSettings, environment)).ensure_bucket()


@pytest.fixture
def reference(triage: Triage) -> str:
    return triage.submit()


@pytest.fixture
def anna(reference: str, signed_in: SignedIn) -> Visitor:
    visitor = signed_in("Anna", "agent", "ads")
    visitor.claim(reference)
    return visitor


def attached(triage: Triage) -> list[Any]:
    return [
        (row.name, row.internal) for row in triage.rows("select name, internal from triage.attachments order by name")
    ]


def test_files_go_with_the_message_and_are_shown_at_it(triage: Triage, anna: Visitor, reference: str) -> None:
    page = anna.get(anna.act(reference, "replies", message="Hello", files=[png("one.png"), png("two.png")]).location)
    assert attached(triage) == [("one.png", False), ("two.png", False)]
    message = re.search(r'<li class="message ours".*?</li>\s*<', page, re.DOTALL)
    assert message
    assert "one.png" in page[message.start() :]
    anna.act(reference, "notes", message="Hm", files=[png("inside.png")])
    assert ("inside.png", True) in attached(triage)


def test_a_file_that_is_refused_loses_neither_text_nor_the_other_files(
    triage: Triage, anna: Visitor, reference: str
) -> None:
    answer = anna.act(reference, "replies", 422, message="Hello", files=[png("one.png"), (BytesIO(b"x"), "two.exe")])
    assert "two.exe: The file must be a" in answer.text
    assert ">Hello</textarea>" in answer.text
    kept = re.findall(r'name="attachments" value="([\w-]+)"[^>]* checked><label[^>]*>one\.png', answer.text)
    assert len(kept) == 1
    assert attached(triage) == []
    anna.act(reference, "replies", message="Hello", attachments=kept)
    assert attached(triage) == [("one.png", False)]


def test_files_are_kept_when_the_requester_wrote_meanwhile(triage: Triage, anna: Visitor, reference: str) -> None:
    page = anna.get(f"/tickets/{reference}")
    hidden = dict(re.findall(r'type="hidden" name="(claim|version|line|seen)" value="([^"]*)"', page))
    triage.follow_up(reference, message="One more thing")
    sent = {**hidden, "message": "Hello", "files": [png("one.png")]}
    answer = anna.post(f"/tickets/{reference}/replies", 409, **sent)
    assert "One more thing" in answer.text
    assert "one.png" in answer.text
    assert attached(triage) == []


def test_eleven_files_are_too_many(triage: Triage, anna: Visitor, reference: str) -> None:
    files = [png(f"{number}.png") for number in range(11)]
    assert "At most 10 files" in anna.act(reference, "replies", 422, message="Hello", files=files).text
    assert triage.rows("select from triage.uploads") == []


def test_another_persons_upload_is_neither_used_nor_shown(
    triage: Triage, anna: Visitor, reference: str, signed_in: SignedIn
) -> None:
    refused = anna.act(reference, "replies", 422, message="Hello", files=[png("secret.png"), (BytesIO(b"x"), "x.exe")])
    [upload] = re.findall(r'name="attachments" value="([\w-]+)"', refused.text)
    bo = signed_in("Bo", "agent", "ads")
    answer = bo.act(reference, "notes", 422, message="Mine", attachments=[upload, "nonsense"])
    assert "secret.png" not in answer.text
    assert attached(triage) == []
