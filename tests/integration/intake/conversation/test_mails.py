"""What came by mail, in the conversation of a ticket."""

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.intake.deps import Deps
from shared.ticket_keys import mailed_key
from tests.integration.intake.conversation.told import SECRET, conversation, deliver, mailed, receipt, written
from tests.integration.intake.inbound_mail.arriving import arrive, read_all
from tests.samples import files, mails


def test_a_mail_repeats_nothing_of_an_answer_to_the_receipts_key(
    client: FlaskClient, engine: Engine, deps: Deps, reference: str
) -> None:
    deliver(engine, written(reference, message="Your code is **12345678**.\nUse it once."))
    # The first quote is recognised, the second is not.
    known = "Thanks.\r\n\r\nOn Mon, 23 Nov 2026 at 10:00, Vidare <help@localhost.test> wrote:\r\n\r\n> Your code is 12345678.\r\n"
    unknown = "It works now.\r\n\r\n* Your code is 12345678.\r\n* Use it once.\r\n"
    arrive(deps, mails.raw(known), reference)
    arrive(deps, mails.raw(unknown, "text/plain; charset=utf-8", "X-Other: 1").replace(b"<1@", b"<2@"), reference)
    read_all(deps)
    shown = conversation(client, reference, mailed(reference))
    assert [one["source"] for one in shown] == ["api", "console", "email", "email"]
    assert "12345678" in (shown[2]["quoted"] or "")
    answer = client.get(f"/v1/tickets/{reference}", headers=receipt(reference))
    assert "12345678" not in answer.text
    assert "Use it once" not in answer.text
    # It is told that a mail came, which the page explains; its text may repeat anything.
    told = answer.json["conversation"][1:]  # type: ignore[index]
    assert [(one["source"], one["text"], one["quoted"], one["attachments"]) for one in told] == [
        ("email", "", None, [])
    ] * 2


def test_a_strangers_mail_is_shown_to_the_mailed_key_alone(
    client: FlaskClient, engine: Engine, deps: Deps, reference: str
) -> None:
    stranger = mails.raw("I am Bert.").replace(b"ann@example.com", b"bert@example.net")
    arrive(deps, stranger, reference)
    read_all(deps)
    [_, mail] = conversation(client, reference, mailed(reference))
    assert mail["author"] == {"role": "requester", "name": None, "email": "bert@example.net"}
    assert [one["kind"] for one in conversation(client, reference, receipt(reference))] == ["submission"]
    assert "bert" not in client.get(f"/v1/tickets/{reference}", headers=receipt(reference)).text.lower()


def test_an_automatic_mail_is_marked(client: FlaskClient, engine: Engine, deps: Deps, reference: str) -> None:
    arrive(deps, mails.raw("Away.", "text/plain", "Auto-Submitted: auto-replied"), reference, "automatic")
    read_all(deps)
    assert [one["automatic"] for one in conversation(client, reference, receipt(reference))] == [False, True]


def test_the_receipts_key_finds_no_file_of_a_mail(
    client: FlaskClient, engine: Engine, deps: Deps, reference: str
) -> None:
    arrive(deps, mails.with_files([("proof.png", files.png())]), reference)
    read_all(deps)
    [_, mail] = conversation(client, reference, mailed(reference))
    [file] = mail["attachments"]
    assert client.get(file["url"], headers=mailed(reference)).status_code == 302
    assert client.get(file["url"], headers=receipt(reference)).status_code == 404


def test_a_mail_that_quotes_our_link_tells_nobody_its_key(
    client: FlaskClient, engine: Engine, deps: Deps, reference: str
) -> None:
    """Neither the receipt's holder nor an agent."""
    key = mailed_key(SECRET, reference, 1)
    forwarded = f"See below.\r\n\r\n---- Forwarded message ----\r\nhttp://x.example/t/{reference}?key={key}\r\n"
    arrive(deps, mails.raw(forwarded), reference)
    read_all(deps)
    assert key not in client.get(f"/v1/tickets/{reference}", headers=mailed(reference)).text
    with engine.connect() as connection:
        log = connection.execute(
            text("select cast(personal as text) from events.log where ticket = :r"), {"r": reference}
        )
        assert [row for row in log.scalars() if row and key in row] == []
