"""Files after they were accepted: re-encoded, looked through, or quarantined, on a real store."""

import dataclasses
import threading
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import Engine, text

from local.servers.server import Server
from services.intake.attachments.clean_attachments import ATTACHMENTS, clean_attachments
from services.intake.attachments.sweep import forget_expired, sweep_files
from services.intake.settings import IntakeSettings
from services.intake.submissions.submission import Upload
from services.intake.tickets.access import OpenedTicket, lock_submission
from services.intake.tickets.view_ticket import ticket_of
from shared.attachments.clean_files import process_file
from shared.attachments.decoders import Decoders
from shared.storage.object_store import ObjectStore, new_object_name
from shared.storage.orphans import ORPHAN_AGE
from tests.integration.intake.conftest import Send
from tests.samples import files


def attachment(engine: Engine) -> tuple[str, str, str | None, str]:
    with engine.connect() as connection:
        row = connection.execute(text("select object, state, because, sha256 from intake.attachments")).one()
    return row.object, row.state, row.because, row.sha256


def test_a_picture_is_replaced_by_its_pixels_alone(
    engine: Engine, store: ObjectStore, decoders: Decoders, send: Send
) -> None:
    original = files.jpeg_with_location()
    send(upload=Upload("a.jpg", original))
    name, state, _, digest = attachment(engine)
    assert state == "pending"
    assert clean_attachments(engine, store, decoders, lambda: True) == 1
    _, state, because, digest_after = attachment(engine)
    assert (state, because, digest_after) == ("clean", None, digest)
    clean = store.get(name)
    assert b"Secret Camera" in original
    assert b"Secret Camera" not in clean
    with Image.open(BytesIO(clean)) as picture:
        assert not picture.getexif()
        assert picture.size == (40, 60), "rotated according to its metadata"


@pytest.mark.parametrize(
    ("name", "body", "hidden"),
    [
        ("a.png", files.png_then_html(), b"<script>"),
        ("a.gif", files.gif_then_script(), b"alert"),
        ("a.gif", files.animated_gif(), b"NETSCAPE"),
        ("a.png", files.animated_png(), b"acTL"),
    ],
)
def test_what_lies_beyond_the_picture_is_gone(
    engine: Engine, store: ObjectStore, decoders: Decoders, send: Send, name: str, body: bytes, hidden: bytes
) -> None:
    assert hidden in body
    send(upload=Upload(name, body))
    clean_attachments(engine, store, decoders, lambda: True)
    object_name, state, _, _ = attachment(engine)
    assert state == "clean"
    assert hidden not in store.get(object_name)


def test_the_first_picture_of_an_animation_is_kept_and_the_rest_counted(
    engine: Engine, store: ObjectStore, decoders: Decoders, send: Send
) -> None:
    receipt = send(upload=Upload("a.gif", files.animated_gif(frames=7)))
    clean_attachments(engine, store, decoders, lambda: True)
    assert attachment(engine)[2] == "an animation: only the first of its 7 pictures is kept"
    with engine.begin() as connection:
        row = lock_submission(connection, receipt.reference)
        assert row is not None
        [entry] = ticket_of(connection, OpenedTicket(row, "receipt")).conversation
    assert [file.frames for file in entry.attachments] == [7]


def test_a_large_picture_found_broken_is_quarantined(
    engine: Engine, store: ObjectStore, decoders: Decoders, send: Send
) -> None:
    send(upload=Upload("a.png", files.large_and_broken()))
    clean_attachments(engine, store, decoders, lambda: True)
    _, state, because, _ = attachment(engine)
    assert (state, because) == ("quarantined", "it cannot be decoded")


def test_forty_megapixels_fit_the_childs_memory(
    engine: Engine, store: ObjectStore, decoders: Decoders, send: Send
) -> None:
    send(upload=Upload("a.png", files.just_40_megapixels()))
    clean_attachments(engine, store, decoders, lambda: True)
    assert attachment(engine)[1] == "clean"


@pytest.mark.parametrize(
    ("body", "because"),
    [(files.PDF, None), (files.pdf_with_script(), "active content: JS, JavaScript, OpenAction")],
    ids=["quiet", "with a script"],
)
def test_a_pdf_is_kept_and_what_acts_in_it_is_told(
    engine: Engine, store: ObjectStore, decoders: Decoders, send: Send, body: bytes, because: str | None
) -> None:
    send(upload=Upload("a.pdf", body))
    clean_attachments(engine, store, decoders, lambda: True)
    name, state, remark, _ = attachment(engine)
    assert (state, remark) == ("not_scanned", because)
    assert store.get(name) == body


def test_two_workers_at_once_process_each_file_once(
    engine: Engine, store: ObjectStore, decoders: Decoders, send: Send
) -> None:
    for number in range(6):
        send(
            {"category": "account/login", "email": "a@example.com", "message": str(number)},
            upload=Upload("a.png", files.png()),
        )
    barrier = threading.Barrier(3)
    processed: list[int] = []

    def work() -> None:
        barrier.wait()
        processed.append(clean_attachments(engine, store, decoders, lambda: True))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(processed) == 6
    with engine.connect() as connection:
        assert set(connection.execute(text("select state from intake.attachments")).scalars()) == {"clean"}


def test_a_worker_that_died_leaves_its_file_to_the_next(
    engine: Engine, store: ObjectStore, decoders: Decoders, send: Send
) -> None:
    send(upload=Upload("a.gif", files.animated_gif(frames=5)))
    with engine.begin() as connection:
        connection.execute(text("update intake.attachments set leased_until = now() + interval '1 minute'"))
    assert clean_attachments(engine, store, decoders, lambda: True) == 0
    with engine.begin() as connection:
        connection.execute(text("update intake.attachments set leased_until = now() - interval '1 second'"))
    # It had replaced the picture, but not recorded it.
    with engine.connect() as connection:
        row = connection.execute(text("select id, object, media_type, frames from intake.attachments")).one()
    process_file(ATTACHMENTS, engine, store, decoders, row)
    assert clean_attachments(engine, store, decoders, lambda: True) == 1
    assert attachment(engine)[1:3] == ("clean", "an animation: only the first of its 5 pictures is kept")


def test_a_store_that_is_away_delays_and_loses_nothing(
    engine: Engine,
    send: Send,
    store: ObjectStore,
    decoders: Decoders,
    intake_settings: IntakeSettings,
    own_object_store: Server,
) -> None:
    send(upload=Upload("a.png", files.png()))
    away = ObjectStore(dataclasses.replace(intake_settings, s3_url=own_object_store.url))
    own_object_store.kill()
    assert clean_attachments(engine, away, decoders, lambda: True) == 0
    assert attachment(engine)[1] == "pending"
    with engine.begin() as connection:
        connection.execute(text("update intake.attachments set not_before = now()"))
    assert clean_attachments(engine, store, decoders, lambda: True) == 1


def test_orphans_are_swept_only_when_old_and_unknown(
    engine: Engine, store: ObjectStore, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(upload=Upload("a.png", files.png()))
    orphan = new_object_name("attachments")
    store.put(orphan, b"x", "image/png")
    sweep_files(engine, store, lambda: True)
    assert store.exists(orphan)
    now = __import__("time").time()
    monkeypatch.setattr("time.time", lambda: now + ORPHAN_AGE + 60)
    assert sweep_files(engine, store, lambda: True) >= 1
    assert not store.exists(orphan)
    assert store.exists(attachment(engine)[0])


def test_expired_claims_are_forgotten(engine: Engine, send: Send) -> None:
    send(form_token="f")
    with engine.begin() as connection:
        connection.execute(
            text("update intake.idempotency set expires_at = now() - interval '1 second' where kind = 'content'")
        )
    assert forget_expired(engine) is False
    with engine.connect() as connection:
        assert connection.execute(text("select kind from intake.idempotency")).scalars().all() == ["form"]
