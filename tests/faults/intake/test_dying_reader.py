"""Whoever reads a mail dies at any edge: the mail takes effect exactly once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from services.intake.direct_connections import DirectConnections
from services.intake.note import Sender
from services.intake.read_note import read_note
from services.intake.submit_ticket import submit_ticket
from shared.catalog.loader import load
from shared.settings import PlatformSettings
from shared.store import ObjectStore
from tests.samples import files, mails

ROOT = Path(__file__).parents[3]
EDGES = [
    "intake.mail_taken",
    "intake.before_put",
    "intake.after_put",
    "intake.mail_files_kept",
    "intake.before_mail_commit",
    "intake.after_mail_commit",
]


OPENING_EDGES = [
    "intake.mail_taken",
    "intake.before_put",
    "intake.after_put",
    "intake.before_commit",
    "intake.after_commit",
    "intake.mail_submitted",
    "intake.mail_files_kept",
    "intake.before_mail_commit",
    "intake.after_mail_commit",
]


def run(environment: dict[str, str], crash_at: str = "") -> int:
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.intake.reading_process"],
        cwd=ROOT,
        env={**os.environ, **environment, "VIDARE_CRASH_AT": crash_at},
        check=False,
        timeout=60,
    ).returncode


@pytest.mark.parametrize("edge", EDGES)
def test_a_mail_takes_effect_once(
    engine: Engine, settings: PlatformSettings, environment: dict[str, str], edge: str
) -> None:
    store, catalog = ObjectStore(settings), load()
    store.ensure_bucket()
    note = read_note(catalog, {"category": "account/login", "email": "ann@example.com", "message": "Help."})
    reference = submit_ticket(DirectConnections(engine), store, catalog, note, Sender("192.0.2.1", "c")).reference
    store.put("mail/dying", mails.with_files([("a.png", files.png())]), "message/rfc822")
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into intake.inbound_mails (object, kind, ticket, size, correlation_id, received_at)"
                " values ('mail/dying', 'reply', :reference, 1, 'c', now())"
            ),
            {"reference": reference},
        )
    assert run(environment, edge) == 137
    assert run(environment) == 0
    with engine.connect() as connection:
        told = (
            connection.execute(text("select payload from events.log where type = 'TicketFollowedUp'")).scalars().all()
        )
        state = connection.execute(text("select state from intake.inbound_mails")).scalar_one()
    assert (len(told), state) == (1, "taken_in")
    assert store.exists(told[0]["attachments"][0]["object"])


@pytest.mark.parametrize("edge", OPENING_EDGES)
def test_a_mail_opens_one_ticket(
    engine: Engine, settings: PlatformSettings, environment: dict[str, str], edge: str
) -> None:
    store, opening = ObjectStore(settings), {**environment, "VIDARE_MAIL_TICKETS": "account/other"}
    store.ensure_bucket()
    attached = [("a.png", files.png()), ("b.pdf", files.PDF)]
    store.put("mail/opening", mails.with_files(attached), "message/rfc822")
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into intake.inbound_mails (object, kind, size, correlation_id, received_at)"
                " values ('mail/opening', 'unknown', 1, 'c', now())"
            )
        )
    assert run(opening, edge) == 137
    with (
        engine.begin() as connection
    ):  # the next reader comes late: only the mail itself still says that this note was taken
        connection.execute(text("delete from intake.idempotency where kind = 'content'"))
    assert run(opening) == 0
    with engine.connect() as connection:
        told = connection.execute(text("select type, payload from events.log order by id")).all()
        mail = connection.execute(text("select state, reference from intake.inbound_mails")).one()
        references = connection.execute(text("select reference from intake.submissions")).scalars().all()
    assert [one.type for one in told] == ["TicketSubmitted", "TicketFollowedUp"]
    assert (mail.state, [mail.reference]) == ("opened", references)
    for one in told:
        assert [store.exists(file["object"]) for file in one.payload["attachments"]] == [True]
