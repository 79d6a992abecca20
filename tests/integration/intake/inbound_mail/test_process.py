"""A mail that waits becomes part of its ticket, once."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from services.intake.cli.mails import mails as mails_command
from services.intake.inbound_mail.mail_room import MailRoom
from services.intake.inbound_mail.unreadable import unreadable_mails
from services.intake.metrics import MailCollector
from tests.integration.intake.conftest import Send
from tests.integration.intake.inbound_mail.arriving import arrive, follow_ups, read_all, state
from tests.samples import files, mails


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


@pytest.mark.parametrize("sample", [mails.no_boundary(), mails.deep(), mails.no_header(), mails.ten_thousand_parts()])
def test_what_cannot_be_read_waits_for_a_person_and_is_kept(room: MailRoom, send: Send, sample: bytes) -> None:
    reference = send().reference
    name = arrive(room, sample, reference)
    read_all(room)
    assert state(room, name) == "unreadable"
    assert room.store.get(name) == sample
    [parked] = unreadable_mails(room.engine)
    assert (parked.object, parked.ticket, bool(parked.because)) == (name, reference, True)
    [event] = follow_ups(room)
    assert (event.ticket, event.personal["message"]) == (reference, None)
    assert event.personal["not_taken"] == [
        {"name": "the e-mail itself", "because": f"nobody could read it: {parked.because}"}
    ], "the agent knows that there is a mail"


def test_what_cannot_be_read_opens_no_ticket(room: MailRoom, send: Send) -> None:
    send()
    with room.engine.begin() as connection:
        connection.execute(
            text("update intake.submissions set status = 'resolved', status_since = now() - interval '15 days'")
        )
    with room.engine.connect() as connection:
        reference = connection.execute(text("select reference from intake.submissions")).scalar_one()
    for ticket in (reference, None, "T-0000-0000"):
        arrive(room, mails.no_boundary(), ticket)
    read_all(room)
    assert [one.state for one in unreadable_mails(room.engine)] == ["unreadable"] * 3
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


def test_an_operator_sees_what_nobody_could_read(
    room: MailRoom, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = arrive(room, mails.no_header(), None, "unreadable")
    read_all(room)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    listed = CliRunner().invoke(mails_command, ["list"])
    [line] = listed.output.splitlines()
    assert line.split("\t")[1:6] == ["unreadable", "-", "1", name, "-"]
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
