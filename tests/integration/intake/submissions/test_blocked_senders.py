"""Whether the sender is blocked is decided as the submission is accepted, and stands in its event for every service."""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from services.intake.deps import Deps
from shared.auth.blocked_senders import block_sender, domain_of, email_of, find_blocked, unblock_sender
from tests.integration.intake.conftest import Send, submission_fields
from tests.integration.intake.inbound_mail.arriving import arrive, read_all
from tests.samples import mails

SENDER = "spam@example.net"


def is_blocked(engine: Engine, reference: str) -> bool:
    statement = text("select payload from events.log where ticket = :ticket and type = 'TicketSubmitted'")
    with engine.connect() as connection:
        payload: dict[str, Any] = connection.execute(statement, {"ticket": reference}).scalar_one()
    assert payload.get("blocked", True) is True, "others do not have the key"
    return "blocked" in payload


@pytest.mark.parametrize(
    ("blocked", "email", "expected"),
    [
        (email_of(SENDER), SENDER, True),
        (email_of(SENDER), "Spam+new@EXAMPLE.net", True),
        (email_of(SENDER), "spam2@example.net", False),
        (email_of(SENDER), "spam@mail.example.net", False),
        (domain_of("example.net"), "anybody@example.net", True),
        (domain_of("example.net"), "anybody@a.b.example.net", True),
        (domain_of("example.net"), "anybody@notexample.net", False),
        (domain_of("mail.example.net"), "anybody@example.net", False),
        (domain_of("bücher.example"), "anna@xn--bcher-kva.example", True),
        (domain_of("bücher.example"), "anna@Bücher.example", True),
    ],
)
def test_whom_a_block_means(engine: Engine, send: Send, blocked: str, email: str, expected: bool) -> None:
    with engine.begin() as connection:
        block_sender(connection, blocked, "Spam", "Lea")
    assert is_blocked(engine, send(submission_fields(email=email)).reference) == expected


def test_a_stranger_who_writes_to_a_closed_ticket_counts(engine: Engine, deps: Deps, send: Send) -> None:
    closed = send().reference
    with engine.begin() as connection:
        block_sender(connection, "eve@example.net", "Spam", "Lea")
        connection.execute(
            text("update intake.submissions set status = 'resolved', status_since = now() - interval '15 days'")
        )
    arrive(deps, mails.plain().replace(b"ann@example.com", b"eve@example.net"), closed)
    read_all(deps)
    with engine.connect() as connection:
        opened = connection.execute(
            text("select reference from intake.submissions where follows is not null")
        ).scalar_one()
    assert is_blocked(engine, opened), "it was not its requester who wrote"


def test_a_block_lasts_until_it_is_deleted(engine: Engine, send: Send) -> None:
    before = send(submission_fields(email=SENDER, message="Before")).reference
    with engine.begin() as connection:
        row = block_sender(connection, SENDER, "Spam", "Lea")
    during = send(submission_fields(email=SENDER, message="During")).reference
    with engine.begin() as connection:
        unblock_sender(connection, row.id)
        assert find_blocked(connection, row.id) is None
    after = send(submission_fields(email=SENDER, message="After")).reference
    assert [is_blocked(engine, one) for one in (before, during, after)] == [False, True, False]
