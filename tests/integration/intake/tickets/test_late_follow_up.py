"""What is sent to a ticket that was resolved long ago makes a new one."""

import pytest
from sqlalchemy import Engine, text

from services.intake.deps import Deps
from services.intake.tickets.add_follow_up import Added, Addition, add_follow_up
from shared.attachments.check import check_file
from shared.ticket_keys import receipt_key
from tests.integration.intake.conftest import Send
from tests.samples import files


@pytest.fixture
def add(deps: Deps):  # type: ignore[no-untyped-def]
    def added(reference: str, message: str, file: bytes | None = None) -> Added:
        addition = Addition(message, {}, check_file("a.png", file) if file else None)
        key = receipt_key(deps.settings.secret, reference, 1)
        return add_follow_up(deps, reference, key, addition, "c")

    return added


def resolved(engine: Engine, reference: str, days: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "update intake.submissions set status = 'resolved', status_since = clock_timestamp() - make_interval(days => :days)"
                " where reference = :reference"
            ),
            {"reference": reference, "days": days},
        )


def events(engine: Engine, reference: str) -> list[str]:
    with engine.connect() as connection:
        return list(
            connection.execute(
                text("select type from events.log where ticket = :reference order by id"), {"reference": reference}
            ).scalars()
        )


def test_within_two_weeks_it_is_the_same_ticket(engine: Engine, send: Send, add) -> None:  # type: ignore[no-untyped-def]
    reference = send().reference
    resolved(engine, reference, 13)
    assert add(reference, "It is back.").reference == reference
    assert events(engine, reference) == ["TicketSubmitted", "TicketFollowedUp"]


def test_later_it_is_a_new_one_that_names_the_old(engine: Engine, send: Send, add) -> None:  # type: ignore[no-untyped-def]
    reference = send().reference
    resolved(engine, reference, 14)
    added = add(reference, "It is back.", files.png())
    assert added.reference != reference
    assert events(engine, reference) == ["TicketSubmitted"]
    with engine.connect() as connection:
        event = connection.execute(
            text("select payload, personal from events.log where ticket = :new"), {"new": added.reference}
        ).one()
        follows = connection.execute(
            text("select follows from intake.submissions where reference = :new"), {"new": added.reference}
        ).scalar_one()
    assert (event.payload["follows"], follows) == (reference, reference)
    assert (event.personal["email"], event.personal["message"]) == ("ann@example.com", "It is back.")
    assert len(event.payload["attachments"]) == 1
    assert event.payload["missing_evidence"] == []


def test_a_double_click_makes_one_and_more_goes_into_it(engine: Engine, send: Send, add) -> None:  # type: ignore[no-untyped-def]
    reference = send().reference
    resolved(engine, reference, 20)
    first = add(reference, "It is back.")
    again = add(reference, "It is back.")
    assert (again.reference, again.replayed) == (first.reference, True)
    assert add(reference, "And worse.").reference == first.reference
    assert events(engine, first.reference) == ["TicketSubmitted", "TicketFollowedUp"]


def test_when_the_new_one_is_closed_too_another_follows(engine: Engine, send: Send, add) -> None:  # type: ignore[no-untyped-def]
    reference = send().reference
    resolved(engine, reference, 40)
    second = add(reference, "It is back.").reference
    resolved(engine, second, 20)
    third = add(reference, "And again.").reference
    assert len({reference, second, third}) == 3
