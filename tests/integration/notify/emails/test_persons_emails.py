"""An e-mail that a person wrote looks like one; what a program or the system writes is marked as such and quotes nothing."""

import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from services.notify.delivery.mailing import Mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.emails.addresses import replied_ticket
from tests.integration.notify.emails.person_events import PERSONAL, persons_events
from tests.integration.notify.ledger import Ledger, submission

KINDS = ("reply", "information_request", "disapproval", "resolution")


def written(ledger: Ledger, kind: str, payload: dict[str, Any] | None = None, **personal: Any) -> dict[str, Any]:
    """The e-mail that an agent's action causes on a new ticket."""
    event = submission(locale="sv")
    ledger.arrive(event)
    ledger.arrive(persons_events(str(event.ticket), payload or {}, personal)[kind])
    return ledger.emails()[-1]


def body(mail: EmailMessage, subtype: str) -> str:
    found = mail.get_body((subtype,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("kind", KINDS)
def test_it_arrives_as_a_persons_mail(ledger: Ledger, mailing: Mailing, maildir: Path, kind: str) -> None:
    row = written(ledger, kind)
    acknowledgement = ledger.emails()[0]
    send_due_emails(ledger.engine, mailing, 30)
    arrived = [email.message_from_bytes(file.read_bytes(), policy=default) for file in (maildir / "new").iterdir()]
    (mail,) = (one for one in arrived if one["Message-ID"] == row["message_id"])
    assert isinstance(mail, EmailMessage)
    (sender,) = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (
        f"Åsa, {ledger.deps.catalog.network}",
        ledger.settings.mail_from,
    )
    assert mail["Subject"] == f"Re: Min bild är borta Bcc: x@y.se [{row['ticket']}]"
    assert "Auto-Submitted" not in mail
    assert "Bcc" not in mail
    assert mail["In-Reply-To"] == mail["References"] == acknowledgement["message_id"]
    assert replied_ticket(ledger.settings.secret, str(mail["Reply-To"])) == row["ticket"]
    text, html = body(mail, "plain"), body(mail, "html")
    assert "Rad **ett**.\n\nRad två." in text
    assert "Du skrev:\n> Var är den?\n>\n>> Vilken bild?\n" in text
    assert f"Åsa\n{ledger.deps.catalog.network}\n" in text
    assert f"/t/{row['ticket']}?key=" in text
    assert "<strong>ett</strong>" in html
    assert f"/t/{row['ticket']}?key=" in html.partition('class="button-link"')[2].partition(">")[0]
    assert "<blockquote" in html


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("person", [False, None])
def test_what_a_program_writes_is_marked_and_repeats_nothing(ledger: Ledger, kind: str, person: bool | None) -> None:
    row = written(ledger, kind, {"person": person})
    assert row["headers"]["Auto-Submitted"] == "auto-generated"
    assert row["headers"]["From"] == f'"{ledger.deps.catalog.network}" <{ledger.settings.mail_from}>'
    assert row["subject"] == f"Re: {ledger.emails()[0]['subject']}"
    assert "Rad **ett**." in row["text"]
    assert not [words for words in ("Var är den", "Min bild", "Åsa") if words in f"{row['text']}{row['html']}"]


def test_a_reminder_and_a_resolution_without_words_are_no_persons(ledger: Ledger) -> None:
    rows = [written(ledger, "information_request", {"reminder": True}), written(ledger, "resolution", message=None)]
    for row in rows:
        assert row["headers"]["Auto-Submitted"] == "auto-generated"
        assert "Var är den" not in row["text"]
        assert "Min bild" not in row["subject"]


@pytest.mark.parametrize("subject", [None, "", " \u200e ", "Re: "])
def test_without_a_subject_ours_is_used(ledger: Ledger, subject: str | None) -> None:
    row = written(ledger, "reply", subject=subject)
    assert row["subject"] == f"Re: {ledger.emails()[0]['subject']}"
    assert "Auto-Submitted" not in row["headers"]


@pytest.mark.parametrize("quoted", [None, "", "\n"])
def test_without_a_message_nothing_is_quoted(ledger: Ledger, quoted: str | None) -> None:
    assert "Du skrev:" not in written(ledger, "reply", quoted=quoted)["text"]


@pytest.mark.parametrize("name", ["asa@corp.example", "Asa\r\nBcc: x@y.se", '"> <evil@example.com>', "x" * 500])
def test_an_agents_name_is_no_header_and_no_address(ledger: Ledger, mailing: Mailing, maildir: Path, name: str) -> None:
    row = written(ledger, "reply", {"by": name})
    send_due_emails(ledger.engine, mailing, 30)
    assert ledger.states() == ["sent", "sent"]
    arrived = [email.message_from_bytes(file.read_bytes(), policy=default) for file in (maildir / "new").iterdir()]
    (mail,) = (one for one in arrived if one["Message-ID"] == row["message_id"])
    assert [one.addr_spec for one in mail["From"].addresses] == [ledger.settings.mail_from]
    assert "Bcc" not in mail
    assert "corp.example" not in mail.as_string()


def test_an_acknowledgement_holds_nothing_of_what_the_requester_wrote_although_a_person_answers(ledger: Ledger) -> None:
    written(ledger, "reply")
    acknowledgement = ledger.emails()[0]
    everything = f"{acknowledgement['subject']} {acknowledgement['text']} {acknowledgement['html']}"
    assert not [words for words in ("BUY CHEAP", "CLICK HERE", "Eve", PERSONAL["quoted"]) if words in everything]
    assert acknowledgement["headers"]["From"].startswith(f'"{ledger.deps.catalog.network}" <')
