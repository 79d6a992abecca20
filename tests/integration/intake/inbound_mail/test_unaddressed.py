"""A mail to no ticket's address: a ticket by setting, else a pointer to the form, and never an answer to a machine."""

from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from services.intake.cli.mails import mails as mails_command
from services.intake.deps import Deps, bootstrap
from services.intake.inbound_mail.list_mails import newest_mails
from services.intake.inbound_mail.open_mail import open_mail
from services.intake.settings import IntakeSettings
from shared.auth.blocked_senders import block_sender
from shared.errors import Conflict, NotFound, Unprocessable
from shared.settings import SettingsError
from tests.integration.intake.inbound_mail.arriving import arrive, follow_ups, read_all, state
from tests.samples import files, mails


@pytest.fixture
def opening(deps: Deps) -> Deps:
    """Those with which such mails become tickets."""
    return replace(deps, mail_category="account/other")


def events(deps: Deps, kind: str) -> list[Any]:
    with deps.engine.connect() as connection:
        found = text("select ticket, payload, personal from events.log where type = :kind order by id")
        return list(connection.execute(found, {"kind": kind}))


def row(deps: Deps, name: str) -> Any:
    with deps.engine.connect() as connection:
        return connection.execute(text("select * from intake.inbound_mails where object = :name"), {"name": name}).one()


@pytest.mark.parametrize(("smtputf8", "sender"), [(True, "åsa@example.org"), (False, None)])
def test_a_writer_beyond_ascii_is_known_as_the_setting_says(deps: Deps, smtputf8: bool, sender: str | None) -> None:
    deps = replace(deps, settings=replace(deps.settings, smtputf8=smtputf8), mail_category="account/other")
    content = "From: Åsa <åsa@example.org>\r\nSubject: Hej\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHej.\r\n"
    name = arrive(deps, content.encode(), None, "unknown")
    read_all(deps)
    assert row(deps, name).address == sender
    assert [event.personal["email"] for event in events(deps, "TicketSubmitted")] == [sender] * smtputf8


def test_its_writer_is_pointed_to_the_form(deps: Deps) -> None:
    name = arrive(deps, mails.raw("Hej.", "text/plain", "Content-Language: sv-SE"), None, "unknown")
    read_all(deps)
    assert state(deps, name) == "pointed"
    [event] = events(deps, "MailTurnedAway")
    assert (event.ticket, event.payload) == (None, {"object": name, "locale": "sv-SE"})
    assert events(deps, "TicketSubmitted") == []


def test_the_same_mail_by_two_ways_is_pointed_once(deps: Deps) -> None:
    for way in (b"", b"Received: from elsewhere\r\n"):
        arrive(deps, way + mails.plain(), None, "unknown")
    read_all(deps)
    assert len(events(deps, "MailTurnedAway")) == 1


def test_a_ticket_is_in_the_language_of_its_mail(opening: Deps) -> None:
    arrive(opening, mails.raw("Hej.", "text/plain", "Accept-Language: sv-SE, en-US;q=0.7"), None, "unknown")
    read_all(opening)
    assert events(opening, "TicketSubmitted")[0].payload["locale"] == "sv-SE"


def test_whom_the_mail_of_a_ticket_was_copied_to_is_told(opening: Deps) -> None:
    arrive(opening, mails.raw("Hej.", "text/plain", "Cc: bo@example.org, help@localhost.test"), None, "unknown")
    read_all(opening)
    assert events(opening, "TicketSubmitted")[0].personal["cc"] == ["bo@example.org"]
    with opening.engine.connect() as connection:
        assert "cc" not in connection.execute(text("select personal from intake.submissions")).scalar_one()


def test_it_becomes_a_ticket_by_setting(opening: Deps) -> None:
    name = arrive(opening, mails.gmail_swedish(), None, "unknown")
    read_all(opening)
    [event] = events(opening, "TicketSubmitted")
    assert (row(opening, name).state, row(opening, name).reference) == ("opened", event.ticket)
    assert {key: event.payload[key] for key in ("category", "source")} == {
        "category": "account/other",
        "source": "email",
    }
    personal = {key: event.personal[key] for key in ("email", "name", "subject", "message")}
    assert personal == {
        "email": "ann@example.com",
        "name": "Ann Example",
        "subject": "Re: Your note",
        "message": "Här är den.",
    }
    assert "Please send a screenshot." in event.personal["quoted"]
    assert events(opening, "MailTurnedAway") == []


def test_what_it_repeats_is_not_kept_as_the_persons_own_words(opening: Deps) -> None:
    arrive(opening, mails.gmail(), None, "unknown")
    read_all(opening)
    with opening.engine.connect() as connection:
        kept = connection.execute(text("select personal from intake.submissions")).scalar_one()
    assert kept["message"] == "Here it is."
    assert "quoted" not in kept


def test_its_first_file_is_submitted_and_the_others_follow(opening: Deps) -> None:
    attached = [("run.exe", b"MZ"), ("a.png", files.png()), ("b.pdf", files.PDF)]
    arrive(opening, mails.with_files(attached), None, "unknown")
    read_all(opening)
    [event] = events(opening, "TicketSubmitted")
    assert list(event.personal["attachment_names"].values()) == ["a.png"]
    assert [one["name"] for one in event.personal["not_taken"]] == ["run.exe"]
    [further] = follow_ups(opening)
    assert (further.ticket, list(further.personal["attachment_names"].values())) == (event.ticket, ["b.pdf"])


def test_a_file_alone_is_a_submission_too(opening: Deps) -> None:
    alone = mails.with_files([("a.png", files.png())], "").replace(b"Subject: Re: Your note\n", b"")
    arrive(opening, alone, None, "unknown")
    read_all(opening)
    assert events(opening, "TicketSubmitted")[0].personal["message"] == "[no text]"


def test_the_same_mail_by_two_ways_is_one_ticket(opening: Deps) -> None:
    first = arrive(opening, mails.plain(), None, "unknown")
    again = arrive(opening, b"Received: from elsewhere\r\n" + mails.plain(), None, "unknown")
    assert read_all(opening) == 2
    assert sorted((state(opening, first), state(opening, again))) == ["opened", "repeated"]
    assert len(events(opening, "TicketSubmitted")) == 1


def test_two_mails_without_a_message_id_are_two(opening: Deps) -> None:
    for _ in range(2):
        arrive(opening, mails.plain().replace(b"Message-ID: <1@example.com>\r\n", b""), None, "unknown")
    read_all(opening)
    assert len(events(opening, "TicketSubmitted")) == 2


def test_a_mail_over_the_limits_waits(opening: Deps, intake_settings: IntakeSettings) -> None:
    deps = replace(opening, settings=replace(intake_settings, limit_notes="1/day"))
    arrive(deps, mails.plain(), None, "unknown")
    late = arrive(deps, mails.plain().replace(b"<1@", b"<2@"), None, "unknown")
    read_all(deps)
    assert len(events(deps, "TicketSubmitted")) == 1
    assert state(deps, late) == "waiting"
    with deps.engine.connect() as connection:
        hours = connection.execute(
            text("select extract(epoch from not_before - now()) / 3600 from intake.inbound_mails where object = :late"),
            {"late": late},
        ).scalar_one()
    assert 23 < hours < 25


NEWSLETTER = mails.raw(
    "News",
    "text/plain",
    "List-Id: <news.example.com>\r\nList-Unsubscribe: <https://news.example.com>\r\nPrecedence: bulk",
)
THROUGH_A_GROUP = mails.raw("My account is locked.", "text/plain", "List-Id: <support.example.com>\r\nPrecedence: list")


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        (mails.auto_reply(), "unknown"),
        (mails.plain(), "automatic"),
        (NEWSLETTER, "unknown"),
        (mails.raw("Yes", "text/calendar; method=REPLY"), "unknown"),
        (mails.plain().replace(b"Ann Example <ann@example.com>", b"nobody"), "unknown"),
        (mails.plain().replace(b"ann@example.com", b"MAILER-DAEMON@example.com"), "unknown"),
    ],
)
@pytest.mark.parametrize("opens", [True, False])
def test_a_machine_is_neither_answered_nor_given_a_ticket(
    deps: Deps, opening: Deps, sample: bytes, kind: str, opens: bool
) -> None:
    name = arrive(deps, sample, None, kind)
    read_all(opening if opens else deps)
    assert state(deps, name) == "ignored"
    assert row(deps, name).because
    assert events(deps, "TicketSubmitted") == events(deps, "MailTurnedAway") == []


def test_one_that_may_be_a_persons_waits_for_a_person(deps: Deps) -> None:
    name = arrive(deps, THROUGH_A_GROUP, None, "unknown")
    read_all(deps)
    assert (state(deps, name), row(deps, name).because) == ("unsure", "a machine may have written it: Precedence: list")
    assert events(deps, "TicketSubmitted") == events(deps, "MailTurnedAway") == []


def test_one_that_may_be_a_persons_becomes_a_ticket_that_says_so(opening: Deps) -> None:
    name = arrive(opening, THROUGH_A_GROUP, None, "unknown")
    read_all(opening)
    assert state(opening, name) == "opened"
    assert events(opening, "TicketSubmitted")[0].payload["unsure"] == "Precedence: list"


@pytest.mark.parametrize(
    ("sample", "unsure"),
    [(THROUGH_A_GROUP, "Precedence: list"), (mails.auto_reply(), "Auto-Submitted: auto-replied")],
)
def test_a_person_has_a_ticket_made_of_it_once(deps: Deps, sample: bytes, unsure: str) -> None:
    name = arrive(deps, sample, None, "unknown")
    read_all(deps)
    open_mail(deps, name, "account/other")
    with pytest.raises(Conflict):
        open_mail(deps, name, "account/other")
    read_all(deps)
    with pytest.raises(Conflict):
        open_mail(deps, name, "account/other")
    [event] = events(deps, "TicketSubmitted")
    assert (row(deps, name).state, row(deps, name).reference) == ("opened", event.ticket)
    assert (event.payload["category"], event.payload["unsure"]) == ("account/other", unsure)


def test_a_pointed_writer_whose_mail_becomes_a_ticket_is_answered(deps: Deps) -> None:
    name = arrive(deps, mails.plain(), None, "unknown")
    read_all(deps)
    open_mail(deps, name, "account/other")
    read_all(deps)
    [event] = events(deps, "TicketSubmitted")
    assert "unsure" not in event.payload


def test_no_ticket_is_made_of_what_cannot_be_one(deps: Deps) -> None:
    unreadable = arrive(deps, mails.no_header(), None, "unknown")
    read_all(deps)
    with pytest.raises(Conflict):
        open_mail(deps, unreadable, "account/other")
    with pytest.raises(NotFound):
        open_mail(deps, "mail/none", "account/other")
    for category in ("business/buyable-pins", "account/none"):
        with pytest.raises(Unprocessable):
            open_mail(deps, unreadable, category)


def test_an_operator_sees_what_became_of_it(
    deps: Deps, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = arrive(deps, mails.plain(), None, "unknown")
    machine = arrive(deps, mails.auto_reply(), None, "automatic")
    read_all(deps)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    output = CliRunner().invoke(mails_command, ["list"]).output
    assert {tuple(line.split("\t")[1:6:3]) for line in output.splitlines()} == {("pointed", name), ("ignored", machine)}
    [line] = CliRunner().invoke(mails_command, ["list", "--state", "pointed"]).output.splitlines()
    assert line.endswith(f"{name}\tann@example.com\tits writer is pointed to the form")
    opened = CliRunner().invoke(mails_command, ["open", name, "--category", "account/other"])
    assert (opened.exit_code, state(deps, name)) == (0, "waiting")
    for wrong in ([name, "--category", "account/other"], [machine, "--category", "account/none"]):
        assert CliRunner().invoke(mails_command, ["open", *wrong]).exit_code == 1


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("account/nonsense", "there is no category account/nonsense"),
        ("business/buyable-pins", "asks for shop_platform"),
    ],
)
def test_a_category_that_mail_cannot_be_is_refused(
    deps: Deps, intake_settings: IntakeSettings, path: str, problem: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        bootstrap(replace(intake_settings, mail_tickets=path), application="test", pool_size=1)
    assert problem in str(refused.value)
    assert "VIDARE_MAIL_TICKETS" in str(refused.value)


@pytest.mark.parametrize("blocked", ["ann@example.com", "example.com"])
def test_a_blocked_writer_is_pointed_nowhere(deps: Deps, blocked: str) -> None:
    with deps.engine.begin() as connection:
        block_sender(connection, blocked, "Spam", "Lea")
    name = arrive(deps, mails.plain(), None, "unknown")
    read_all(deps)
    assert (state(deps, name), row(deps, name).because) == ("blocked", "its sender is blocked")
    assert events(deps, "MailTurnedAway") == []
    assert [mail.object for mail in newest_mails(deps.engine)] == [name]


def test_a_person_can_have_a_ticket_made_of_a_blocked_mail(deps: Deps) -> None:
    with deps.engine.begin() as connection:
        block_sender(connection, "ann@example.com", "Spam", "Lea")
    name = arrive(deps, mails.plain(), None, "unknown")
    read_all(deps)
    open_mail(deps, name, "account/other")
    read_all(deps)
    assert state(deps, name) == "opened"
    assert len(events(deps, "TicketSubmitted")) == 1
