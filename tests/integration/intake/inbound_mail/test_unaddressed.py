"""A mail to no ticket's address: a ticket by setting, else a pointer to the form, and never an answer to a machine."""

from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from services.intake.cli.mails import mails as mails_command
from services.intake.inbound_mail.mail_room import MailRoom
from services.intake.inbound_mail.ticket_settings import MailTickets, mail_tickets
from services.intake.settings import IntakeSettings
from services.intake.submissions.receive import Reception
from shared.limits.limiter import Limiter
from shared.settings import SettingsError
from tests.integration.intake.inbound_mail.arriving import arrive, follow_ups, read_all, state
from tests.samples import files, mails


def reception(room: MailRoom, settings: IntakeSettings, **changes: str) -> Reception:
    own = replace(settings, **changes)  # type: ignore[arg-type]
    return Reception(own, room.engine, room.store, room.catalog, Limiter("redis://127.0.0.1:9/0"))


@pytest.fixture
def open_room(room: MailRoom, intake_settings: IntakeSettings) -> MailRoom:
    """One where such mails become tickets."""
    through = mail_tickets(reception(room, intake_settings, mail_tickets="account/other"))
    assert isinstance(through, MailTickets)
    return replace(room, tickets=through)


def events(room: MailRoom, kind: str) -> list[Any]:
    with room.engine.connect() as connection:
        found = text("select ticket, payload, personal from events.log where type = :kind order by id")
        return list(connection.execute(found, {"kind": kind}))


def row(room: MailRoom, name: str) -> Any:
    with room.engine.connect() as connection:
        return connection.execute(text("select * from intake.inbound_mails where object = :name"), {"name": name}).one()


def test_its_writer_is_pointed_to_the_form(room: MailRoom) -> None:
    name = arrive(room, mails.raw("Hej.", "text/plain", "Content-Language: sv-SE"), None, "unknown")
    read_all(room)
    assert state(room, name) == "pointed"
    [told] = events(room, "MailTurnedAway")
    assert (told.ticket, told.payload) == (None, {"object": name, "locale": "sv-SE"})
    assert events(room, "TicketSubmitted") == []


def test_the_same_mail_by_two_ways_is_pointed_once(room: MailRoom) -> None:
    for way in (b"", b"Received: from elsewhere\r\n"):
        arrive(room, way + mails.plain(), None, "unknown")
    read_all(room)
    assert len(events(room, "MailTurnedAway")) == 1


def test_a_ticket_is_in_the_language_of_its_mail(open_room: MailRoom) -> None:
    arrive(open_room, mails.raw("Hej.", "text/plain", "Accept-Language: sv-SE, en-US;q=0.7"), None, "unknown")
    read_all(open_room)
    assert events(open_room, "TicketSubmitted")[0].payload["locale"] == "sv-SE"


def test_it_becomes_a_ticket_by_setting(open_room: MailRoom) -> None:
    name = arrive(open_room, mails.gmail_swedish(), None, "unknown")
    read_all(open_room)
    [told] = events(open_room, "TicketSubmitted")
    assert (row(open_room, name).state, row(open_room, name).reference) == ("opened", told.ticket)
    assert {key: told.payload[key] for key in ("category", "source")} == {
        "category": "account/other",
        "source": "email",
    }
    said = {key: told.personal[key] for key in ("email", "name", "subject", "message")}
    assert said == {
        "email": "ann@example.com",
        "name": "Ann Example",
        "subject": "Re: Your note",
        "message": "Här är den.",
    }
    assert "Please send a screenshot." in told.personal["quoted"]
    assert events(open_room, "MailTurnedAway") == []


def test_what_it_repeats_is_not_kept_as_the_persons_own_words(open_room: MailRoom) -> None:
    arrive(open_room, mails.gmail(), None, "unknown")
    read_all(open_room)
    with open_room.engine.connect() as connection:
        kept = connection.execute(text("select personal from intake.submissions")).scalar_one()
    assert kept["message"] == "Here it is."
    assert "quoted" not in kept


def test_its_first_file_is_the_notes_and_the_others_follow(open_room: MailRoom) -> None:
    attached = [("run.exe", b"MZ"), ("a.png", files.png()), ("b.pdf", files.PDF)]
    arrive(open_room, mails.with_files(attached), None, "unknown")
    read_all(open_room)
    [told] = events(open_room, "TicketSubmitted")
    assert list(told.personal["attachment_names"].values()) == ["a.png"]
    assert [one["name"] for one in told.personal["not_taken"]] == ["run.exe"]
    [further] = follow_ups(open_room)
    assert (further.ticket, list(further.personal["attachment_names"].values())) == (told.ticket, ["b.pdf"])


def test_a_file_alone_is_a_note_too(open_room: MailRoom) -> None:
    alone = mails.with_files([("a.png", files.png())], "").replace(b"Subject: Re: Your note\n", b"")
    arrive(open_room, alone, None, "unknown")
    read_all(open_room)
    assert events(open_room, "TicketSubmitted")[0].personal["message"] == "[no text]"


def test_the_same_mail_by_two_ways_is_one_ticket(open_room: MailRoom) -> None:
    first = arrive(open_room, mails.plain(), None, "unknown")
    again = arrive(open_room, b"Received: from elsewhere\r\n" + mails.plain(), None, "unknown")
    assert read_all(open_room) == 2
    assert sorted((state(open_room, first), state(open_room, again))) == ["opened", "repeated"]
    assert len(events(open_room, "TicketSubmitted")) == 1


def test_two_mails_without_a_message_id_are_two(open_room: MailRoom) -> None:
    for _ in range(2):
        arrive(open_room, mails.plain().replace(b"Message-ID: <1@example.com>\r\n", b""), None, "unknown")
    read_all(open_room)
    assert len(events(open_room, "TicketSubmitted")) == 2


def test_a_mail_over_the_limits_waits(open_room: MailRoom, intake_settings: IntakeSettings) -> None:
    through = mail_tickets(reception(open_room, intake_settings, mail_tickets="account/other", limit_notes="1/day"))
    room = replace(open_room, tickets=through)
    arrive(room, mails.plain(), None, "unknown")
    late = arrive(room, mails.plain().replace(b"<1@", b"<2@"), None, "unknown")
    read_all(room)
    assert len(events(room, "TicketSubmitted")) == 1
    assert state(room, late) == "waiting"
    with room.engine.connect() as connection:
        hours = connection.execute(
            text("select extract(epoch from not_before - now()) / 3600 from intake.inbound_mails where object = :late"),
            {"late": late},
        ).scalar_one()
    assert 23 < hours < 25


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        (mails.auto_reply(), "unknown"),
        (mails.plain(), "automatic"),
        (mails.raw("News", "text/plain", "List-Id: <news.example.com>"), "unknown"),
        (mails.plain().replace(b"Ann Example <ann@example.com>", b"nobody"), "unknown"),
        (mails.plain().replace(b"ann@example.com", b"MAILER-DAEMON@example.com"), "unknown"),
    ],
)
@pytest.mark.parametrize("opens", [True, False])
def test_a_machine_is_neither_answered_nor_given_a_ticket(
    room: MailRoom, open_room: MailRoom, sample: bytes, kind: str, opens: bool
) -> None:
    name = arrive(room, sample, None, kind)
    read_all(open_room if opens else room)
    assert state(room, name) == "ignored"
    assert row(room, name).because
    assert events(room, "TicketSubmitted") == events(room, "MailTurnedAway") == []


def test_an_operator_sees_what_became_of_it(
    room: MailRoom, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = arrive(room, mails.plain(), None, "unknown")
    machine = arrive(room, mails.auto_reply(), None, "automatic")
    read_all(room)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    listed = CliRunner().invoke(mails_command, ["list"]).output
    assert {tuple(line.split("\t")[1:6:3]) for line in listed.splitlines()} == {("pointed", name), ("ignored", machine)}
    [line] = CliRunner().invoke(mails_command, ["list", "--state", "pointed"]).output.splitlines()
    assert line.endswith(f"{name}\tann@example.com\tits writer is pointed to the form")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("account/nonsense", "there is no category account/nonsense"),
        ("business/buyable-pins", "asks for shop_platform"),
    ],
)
def test_a_category_that_mail_cannot_be_is_refused(
    room: MailRoom, intake_settings: IntakeSettings, path: str, problem: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        mail_tickets(reception(room, intake_settings, mail_tickets=path))
    assert problem in str(refused.value)
    assert "VIDARE_MAIL_TICKETS" in str(refused.value)
