"""A mail that waits becomes part of its ticket, once."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from services.intake.cli.mails import mails as mails_command
from services.intake.deps import Deps
from services.intake.inbound_mail.list_mails import unreadable_mails
from services.intake.metrics import MailCollector
from tests.integration.intake.conftest import Send
from tests.integration.intake.inbound_mail.arriving import arrive, follow_ups, read_all, state
from tests.samples import files, mails


def test_a_reply_is_a_follow_up(deps: Deps, send: Send) -> None:
    reference = send().reference
    name = arrive(deps, mails.gmail(), reference)
    assert read_all(deps) == 1
    [event] = follow_ups(deps)
    assert (event.ticket, event.payload["source"], event.personal["message"]) == (reference, "email", "Here it is.")
    assert "Please send a screenshot." in event.personal["quoted"]
    assert "from" not in event.personal
    assert state(deps, name) == "taken_in"


def test_its_files_are_accepted_and_the_refused_ones_named(deps: Deps, send: Send) -> None:
    attached = [("a.png", files.png()), ("run.exe", b"MZ"), ("b.pdf", files.PDF), ("c.png", files.PDF)]
    arrive(deps, mails.with_files(attached), send().reference)
    read_all(deps)
    [event] = follow_ups(deps)
    assert sorted(event.personal["attachment_names"].values()) == ["a.png", "b.pdf", "c.pdf"]
    assert [one["name"] for one in event.personal["not_taken"]] == ["run.exe"]


def test_an_eleventh_file_is_named_too(deps: Deps, send: Send) -> None:
    arrive(deps, mails.fifty_files(), send().reference)
    read_all(deps)
    [event] = follow_ups(deps)
    assert (len(event.payload["attachments"]), len(event.personal["not_taken"])) == (10, 40)


def test_the_same_mail_twice_takes_effect_once(deps: Deps, send: Send) -> None:
    reference = send().reference
    arrive(deps, mails.plain(), reference)
    again = arrive(deps, b"Received: from elsewhere\r\n" + mails.plain(), reference)
    assert read_all(deps) == 2
    assert len(follow_ups(deps)) == 1
    assert state(deps, again) == "repeated"


def test_another_sender_is_marked(deps: Deps, send: Send) -> None:
    arrive(deps, mails.plain().replace(b"ann@example.com", b"eve@example.net"), send().reference)
    read_all(deps)
    assert follow_ups(deps)[0].personal["from"] == "eve@example.net"


COPIED = "Cc: Bo <Bo@example.org>, ann+x@example.com, bo@EXAMPLE.org, help@localhost.test, reply@mail.localhost.test, cy@example.net"


def test_whom_the_requesters_mail_was_copied_to_is_told(deps: Deps, send: Send) -> None:
    arrive(deps, mails.raw("More.", "text/plain", COPIED), send().reference)
    read_all(deps)
    assert follow_ups(deps)[0].personal["cc"] == ["Bo@example.org", "cy@example.net"]


def test_ten_copies_are_told_at_most(deps: Deps, send: Send) -> None:
    copied = "Cc: " + ", ".join(f"p{number}@example.org" for number in range(60))
    arrive(deps, mails.raw("More.", "text/plain", copied), send().reference)
    read_all(deps)
    assert follow_ups(deps)[0].personal["cc"] == [f"p{number}@example.org" for number in range(10)]


def test_copies_of_other_senders_and_of_machines_are_not_told(deps: Deps, send: Send) -> None:
    mail = mails.raw("More.", "text/plain", COPIED)
    arrive(deps, mail.replace(b"<ann@example.com>", b"<eve@example.net>"), send().reference)
    arrive(deps, mails.raw("Away.", "text/plain", COPIED, "Auto-Submitted: auto-replied"), send().reference)
    read_all(deps)
    assert [event.personal.get("cc") for event in follow_ups(deps)] == [None, None]


@pytest.mark.parametrize("kind", ["reply", "automatic"])
def test_a_machines_mail_is_told_as_such(deps: Deps, send: Send, kind: str) -> None:
    arrive(deps, mails.auto_reply(), send().reference, kind)
    read_all(deps)
    assert follow_ups(deps)[0].payload["automatic"] is True


def test_a_reply_to_a_ticket_resolved_long_ago_opens_one(deps: Deps, send: Send) -> None:
    reference = send().reference
    with deps.engine.begin() as connection:
        connection.execute(
            text("update intake.submissions set status = 'resolved', status_since = now() - interval '15 days'")
        )
    auto, name = arrive(deps, mails.auto_reply(), reference), arrive(deps, mails.plain(), reference)
    read_all(deps)
    assert (state(deps, auto), state(deps, name)) == ("ignored", "opened")
    with deps.engine.connect() as connection:
        follows = connection.execute(text("select follows from intake.submissions where follows is not null")).scalars()
        assert list(follows) == [reference]


@pytest.mark.parametrize("sample", [mails.no_boundary(), mails.deep(), mails.no_header(), mails.ten_thousand_parts()])
def test_what_cannot_be_read_waits_for_a_person_and_is_kept(deps: Deps, send: Send, sample: bytes) -> None:
    reference = send().reference
    name = arrive(deps, sample, reference)
    read_all(deps)
    assert state(deps, name) == "unreadable"
    assert deps.store.get(name) == sample
    [parked] = unreadable_mails(deps.engine)
    assert (parked.object, parked.ticket, bool(parked.because)) == (name, reference, True)
    [event] = follow_ups(deps)
    assert (event.ticket, event.personal["message"]) == (reference, None)
    assert event.personal["not_taken"] == [
        {"name": "the e-mail itself", "because": f"it could not be read: {parked.because}"}
    ], "the agent learns of the mail"


def test_what_cannot_be_read_opens_no_ticket(deps: Deps, send: Send) -> None:
    send()
    with deps.engine.begin() as connection:
        connection.execute(
            text("update intake.submissions set status = 'resolved', status_since = now() - interval '15 days'")
        )
    with deps.engine.connect() as connection:
        reference = connection.execute(text("select reference from intake.submissions")).scalar_one()
    for ticket in (reference, None, "T-0000-0000"):
        arrive(deps, mails.no_boundary(), ticket)
    read_all(deps)
    assert [one.state for one in unreadable_mails(deps.engine)] == ["unreadable"] * 3
    assert follow_ups(deps) == []


def test_a_mail_whose_object_is_not_there_yet_waits(deps: Deps, send: Send) -> None:
    name = arrive(deps, mails.plain(), send().reference)
    deps.store.delete(name)
    assert read_all(deps) == 1
    assert state(deps, name) == "waiting"


def test_a_dead_readers_mail_is_read_at_once(deps: Deps, send: Send) -> None:
    name = arrive(deps, mails.plain(), send().reference)
    with deps.engine.begin() as connection:
        connection.execute(
            text("update intake.inbound_mails set owner = 7, leased_until = now() + interval '9 minutes'")
        )
    assert read_all(deps) == 1
    assert state(deps, name) == "taken_in"


def test_a_living_readers_mail_is_left_alone(deps: Deps, send: Send) -> None:
    arrive(deps, mails.plain(), send().reference)
    with deps.engine.connect() as living:
        living.execute(text("select pg_advisory_lock(7)"))
        with deps.engine.begin() as connection:
            connection.execute(
                text("update intake.inbound_mails set owner = 7, leased_until = now() + interval '9 minutes'")
            )
        assert read_all(deps) == 0
        living.execute(text("select pg_advisory_unlock(7)"))
    assert read_all(deps) == 1


def test_a_mail_that_kills_its_reader_is_given_up(deps: Deps, send: Send) -> None:
    name = arrive(deps, mails.plain(), send().reference)
    with deps.engine.begin() as connection:
        connection.execute(text("update intake.inbound_mails set attempts = 5"))
    read_all(deps)
    assert state(deps, name) == "unreadable"


def test_an_operator_sees_what_nobody_could_read(
    deps: Deps, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = arrive(deps, mails.no_header(), None, "unreadable")
    read_all(deps)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    output = CliRunner().invoke(mails_command, ["list"])
    [line] = output.output.splitlines()
    assert line.split("\t")[1:6] == ["unreadable", "-", "1", name, "-"]
    assert CliRunner().invoke(mails_command, ["raw", name]).stdout_bytes == mails.no_header()


def test_metrics_count_what_waits_for_a_person(deps: Deps, send: Send) -> None:
    arrive(deps, mails.no_header(), None, "unreadable")
    read_all(deps)
    arrive(deps, mails.plain(), None, "unknown")
    [figures] = MailCollector(deps.engine).collect()
    assert {sample.labels["state"]: sample.value for sample in figures.samples} == {"waiting": 1, "unreadable": 1}
