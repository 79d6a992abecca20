"""A mail that waits becomes part of its ticket, once."""

from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from uuid_utils import uuid7

from services.intake.cli.mails import mails as mails_command
from services.intake.inbound.handle_mail import MailRoom, handle_mails
from services.intake.inbound.parked import unreadable_mails
from services.intake.metrics import MailCollector
from shared.catalog.model import Catalog
from shared.store import ObjectStore
from tests.integration.intake.conftest import Send
from tests.samples import files, mails


@pytest.fixture
def room(engine: Engine, store: ObjectStore, catalog: Catalog) -> MailRoom:
    return MailRoom(engine, store, catalog)


def arrive(room: MailRoom, content: bytes, ticket: str | None, kind: str = "reply") -> str:
    name = f"mail/{uuid7().hex}"
    room.store.put(name, content, "message/rfc822")
    with room.engine.begin() as connection:
        connection.execute(
            text(
                "insert into intake.inbound_mails (object, kind, ticket, size, correlation_id, received_at)"
                " values (:name, :kind, :ticket, 1, 'c', now())"
            ),
            {"name": name, "kind": kind, "ticket": ticket},
        )
    return name


def state(room: MailRoom, name: str) -> str:
    with room.engine.connect() as connection:
        found = connection.execute(text("select state from intake.inbound_mails where object = :name"), {"name": name})
        return str(found.scalar_one())


def follow_ups(room: MailRoom) -> list[Any]:
    with room.engine.connect() as connection:
        return list(
            connection.execute(
                text("select ticket, payload, personal from events.log where type = 'TicketFollowedUp' order by id")
            )
        )


def read_all(room: MailRoom) -> int:
    return handle_mails(room, lambda: True)


def test_a_reply_is_a_follow_up(room: MailRoom, send: Send) -> None:
    reference = send().reference
    name = arrive(room, mails.gmail(), reference)
    assert read_all(room) == 1
    [event] = follow_ups(room)
    assert (event.ticket, event.payload["source"], event.personal["message"]) == (reference, "email", "Here it is.")
    assert "Please send a screenshot." in event.personal["quoted"]
    assert "from" not in event.personal
    assert state(room, name) == "taken_in"


def test_its_files_are_taken_and_the_refused_ones_named(room: MailRoom, send: Send) -> None:
    attached = [("a.png", files.png()), ("run.exe", b"MZ"), ("b.pdf", files.PDF), ("c.png", files.PDF)]
    arrive(room, mails.with_files(attached), send().reference)
    read_all(room)
    [event] = follow_ups(room)
    assert sorted(event.personal["attachment_names"].values()) == ["a.png", "b.pdf"]
    assert [one["name"] for one in event.personal["not_taken"]] == ["run.exe", "c.png"]


def test_an_eleventh_file_is_named_too(room: MailRoom, send: Send) -> None:
    arrive(room, mails.fifty_files(), send().reference)
    read_all(room)
    [event] = follow_ups(room)
    assert (len(event.payload["attachments"]), len(event.personal["not_taken"])) == (10, 40)


def test_the_same_mail_twice_takes_effect_once(room: MailRoom, send: Send) -> None:
    reference = send().reference
    arrive(room, mails.plain(), reference)
    again = arrive(room, b"Received: from elsewhere\r\n" + mails.plain(), reference)
    assert read_all(room) == 2
    assert len(follow_ups(room)) == 1
    assert state(room, again) == "repeated"


def test_another_sender_is_marked(room: MailRoom, send: Send) -> None:
    arrive(room, mails.plain().replace(b"ann@example.com", b"eve@example.net"), send().reference)
    read_all(room)
    assert follow_ups(room)[0].personal["from"] == "eve@example.net"


@pytest.mark.parametrize("kind", ["reply", "automatic"])
def test_a_machines_mail_is_told_as_such(room: MailRoom, send: Send, kind: str) -> None:
    arrive(room, mails.auto_reply(), send().reference, kind)
    read_all(room)
    assert follow_ups(room)[0].payload["automatic"] is True


def test_a_reply_to_a_ticket_resolved_long_ago_opens_one(room: MailRoom, send: Send) -> None:
    reference = send().reference
    with room.engine.begin() as connection:
        connection.execute(
            text("update intake.submissions set status = 'resolved', status_since = now() - interval '15 days'")
        )
    auto, name = arrive(room, mails.auto_reply(), reference), arrive(room, mails.plain(), reference)
    read_all(room)
    assert (state(room, auto), state(room, name)) == ("ignored", "opened")
    with room.engine.connect() as connection:
        follows = connection.execute(text("select follows from intake.submissions where follows is not null")).scalars()
        assert list(follows) == [reference]


@pytest.mark.parametrize("sample", [mails.no_boundary(), mails.deep(), mails.no_header()])
def test_what_cannot_be_read_waits_for_a_person_and_is_kept(room: MailRoom, send: Send, sample: bytes) -> None:
    name = arrive(room, sample, send().reference)
    read_all(room)
    assert state(room, name) == "unreadable"
    assert room.store.get(name) == sample
    [parked] = unreadable_mails(room.engine)
    assert (parked.object, bool(parked.because)) == (name, True)
    assert follow_ups(room) == []


def test_a_mail_whose_object_is_not_there_yet_waits(room: MailRoom, send: Send) -> None:
    name = arrive(room, mails.plain(), send().reference)
    room.store.delete(name)
    assert read_all(room) == 1
    assert state(room, name) == "waiting"


def test_a_dead_readers_mail_is_read_at_once(room: MailRoom, send: Send) -> None:
    name = arrive(room, mails.plain(), send().reference)
    with room.engine.begin() as connection:
        connection.execute(
            text("update intake.inbound_mails set owner = 7, leased_until = now() + interval '9 minutes'")
        )
    assert read_all(room) == 1
    assert state(room, name) == "taken_in"


def test_a_living_readers_mail_is_left_alone(room: MailRoom, send: Send) -> None:
    arrive(room, mails.plain(), send().reference)
    with room.engine.connect() as living:
        living.execute(text("select pg_advisory_lock(7)"))
        with room.engine.begin() as connection:
            connection.execute(
                text("update intake.inbound_mails set owner = 7, leased_until = now() + interval '9 minutes'")
            )
        assert read_all(room) == 0
        living.execute(text("select pg_advisory_unlock(7)"))
    assert read_all(room) == 1


def test_a_mail_that_kills_its_reader_is_given_up(room: MailRoom, send: Send) -> None:
    name = arrive(room, mails.plain(), send().reference)
    with room.engine.begin() as connection:
        connection.execute(text("update intake.inbound_mails set attempts = 5"))
    read_all(room)
    assert state(room, name) == "unreadable"


def test_mail_to_nobody_changes_no_ticket(room: MailRoom, send: Send) -> None:
    send()
    name = arrive(room, mails.plain(), None, "unknown")
    read_all(room)
    assert state(room, name) == "ignored"
    assert follow_ups(room) == []


def test_an_operator_sees_what_nobody_could_read(
    room: MailRoom, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = arrive(room, mails.no_header(), None, "unreadable")
    read_all(room)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    listed = CliRunner().invoke(mails_command, ["list"])
    assert name in listed.output
    assert CliRunner().invoke(mails_command, ["raw", name]).stdout_bytes == mails.no_header()


def test_metrics_count_what_waits_for_a_person(room: MailRoom, send: Send) -> None:
    arrive(room, mails.no_header(), None, "unreadable")
    read_all(room)
    arrive(room, mails.plain(), None, "unknown")
    collector = MailCollector()
    assert list(collector.collect()) == []
    collector._engine = room.engine
    [figures] = collector.collect()
    assert {sample.labels["state"]: sample.value for sample in figures.samples} == {"waiting": 1, "unreadable": 1}
