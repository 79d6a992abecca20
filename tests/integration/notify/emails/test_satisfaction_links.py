"""The links that ask how a resolution was: in the requester's e-mail alone, for the number of the keys it is sent with."""

import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from services.notify.delivery.mailing import Mailing
from services.notify.delivery.send_due_emails import send_due_emails
from shared.events.contracts import ticket_answered, ticket_keys_renewed
from shared.ticket_keys import read_satisfaction_token
from tests.integration.notify.emails.person_events import PAYLOAD, PERSONAL, persons_events
from tests.integration.notify.ledger import Ledger, submission


def resolved(ledger: Ledger, **personal: object) -> str:
    """A ticket that an agent resolved; its e-mail waits."""
    event = submission(locale="sv")
    ledger.arrive(event)
    told = {**PERSONAL, **personal}
    ledger.arrive(ticket_answered(str(event.ticket), "c", {**PAYLOAD, "then": "resolve"}, told))
    return str(event.ticket)


def arrived(ledger: Ledger, mailing: Mailing, maildir: Path) -> dict[str, EmailMessage]:
    """The mails of the resolution, by their recipients."""
    send_due_emails(ledger.engine, mailing, 30)
    acknowledgement = ledger.emails()[0]["message_id"]
    mails = [email.message_from_bytes(file.read_bytes(), policy=default) for file in (maildir / "new").iterdir()]
    return {str(one["X-RcptTo"]): one for one in mails if one["Message-ID"] != acknowledgement}


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return str(plain.get_content()), str(html.get_content())


def test_both_parts_have_both_links_in_the_readers_language(ledger: Ledger, mailing: Mailing, maildir: Path) -> None:
    reference = resolved(ledger)
    [mail] = arrived(ledger, mailing, maildir).values()
    plain, html = parts(mail)
    links = [line for line in plain.splitlines() if "/satisfaction?" in line]
    assert [parse_qs(urlsplit(link).query)["answer"] for link in links] == [["good"], ["bad"]]
    assert all(link.replace("&", "&amp;") in html for link in links)
    assert "Bra, jag är nöjd:" in plain
    assert ">Dåligt, jag är inte nöjd</a>" in html
    assert ".invalid" not in plain + html
    token = parse_qs(urlsplit(links[0]).query)["token"][0]
    named = read_satisfaction_token(ledger.settings.secret, reference, 1, token)
    assert named is not None
    assert named.event == ledger.emails()[-1]["event_id"]


def test_no_copy_has_them(ledger: Ledger, mailing: Mailing, maildir: Path) -> None:
    resolved(ledger, participants=["bo@example.com"])
    mails = arrived(ledger, mailing, maildir)
    assert set(mails) == {"requester@example.com", "bo@example.com"}
    for to, mail in mails.items():
        assert ["/satisfaction?" in part for part in parts(mail)] == [to == "requester@example.com"] * 2
        assert ".invalid" not in "".join(parts(mail))


def test_they_are_made_with_the_keys_that_the_ticket_has_when_it_is_sent(
    ledger: Ledger, mailing: Mailing, maildir: Path
) -> None:
    reference = resolved(ledger)
    ledger.arrive(ticket_keys_renewed(reference, "c", {"key_number": 2}))
    [mail] = arrived(ledger, mailing, maildir).values()
    token = parts(mail)[0].partition("token=")[2].partition("&")[0]
    assert read_satisfaction_token(ledger.settings.secret, reference, 1, token) is None
    assert read_satisfaction_token(ledger.settings.secret, reference, 2, token) is not None


@pytest.mark.parametrize("kind", ["reply", "information_request", "disapproval"])
def test_a_stand_in_that_somebody_wrote_stays_text(ledger: Ledger, mailing: Mailing, maildir: Path, kind: str) -> None:
    a_stand_in = "https://satisfaction-link.invalid/0192f1c8-7a5e-7b1c-9d3e-0123456789ab/1795341600/good"
    event = submission(locale="sv")
    ledger.arrive(event)
    ledger.arrive(persons_events(str(event.ticket), {}, {"quoted": a_stand_in, "message": a_stand_in})[kind])
    [mail] = arrived(ledger, mailing, maildir).values()
    assert a_stand_in in parts(mail)[0]
    assert "/satisfaction?" not in "".join(parts(mail))


def test_the_api_of_emails_shows_no_token(ledger: Ledger) -> None:
    resolved(ledger)
    row = ledger.emails()[-1]
    assert "token=" not in row["text"] + row["html"]
