"""What a ticket costs the event mechanism, from its submission to its acknowledgement in the mailbox."""

from pathlib import Path

from sqlalchemy import Engine, text

from tests.integration.intake.conftest import Send, submission_fields
from tests.our_processes import our_processes
from tests.polling import eventually

TICKETS = 40
# Deliveries of one ticket. A new one costs some 0.2 ms of processor for each ticket: give it only to a subscriber that has
# something to do (shared/events/subscriptions.py).
DELIVERIES = {
    "triage": 2,  # TicketSubmitted, and EmailStateChanged for the timeline
    "notify": 1,  # TicketSubmitted
    "intake": 1,  # TicketRouted
}
# Messages of all these tickets together, which were submitted within a quarter of a second or so: what nobody waits for travels
# together. On a busy machine a batch may be split in two or three.
MOST_MESSAGES = 16


def test_deliveries_and_messages_of_a_ticket(
    environment: dict[str, str], engine: Engine, redis_url: str, send: Send, tmp_path: Path
) -> None:
    for number in range(TICKETS):
        send(submission_fields(email=f"requester{number}@example.com"))
    with our_processes(environment, tmp_path, "relay", "worker-triage", "worker-intake", "worker-notify"):
        eventually(lambda: _count(engine, "select count(*) from notify.emails where state = 'sent'") == TICKETS)
        eventually(lambda: _count(engine, "select count(*) from events.deliveries") == 0)
    with engine.connect() as connection:
        rows = connection.execute(
            text("select subscriber, sum(events), count(*) from events.handled group by subscriber")
        )
        handled = {subscriber: (int(events), messages) for subscriber, events, messages in rows}
    assert {name: events for name, (events, _) in handled.items()} == {
        name: deliveries * TICKETS for name, deliveries in DELIVERIES.items()
    }
    assert sum(messages for _, messages in handled.values()) <= MOST_MESSAGES


def _count(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())
