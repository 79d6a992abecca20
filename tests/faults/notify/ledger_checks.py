"""What the fault tests ask of the ledger."""

from sqlalchemy import text

from tests.faults.notify.peer import Peer
from tests.integration.notify.ledger import Ledger, submission


def address(number: int) -> str:
    return f"requester{number}@example.com"


def some_emails(ledger: Ledger, number: int) -> None:
    ledger.arrive(*(submission(address(each)) for each in range(number)))


def agrees(ledger: Ledger, peer: Peer) -> None:
    """The peer accepted each e-mail that is `sent` in the ledger once, and no other."""
    sent = sorted(email["message_id"] for email in ledger.emails() if email["state"] == "sent")
    assert sorted(peer.accepted) == sent


def breaker(ledger: Ledger) -> str:
    with ledger.engine.connect() as connection:
        return str(connection.execute(text("select state from notify.gate")).scalar_one())
