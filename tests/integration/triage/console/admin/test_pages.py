"""Parked events at the console."""

from services.triage.actions.registry import ACTIONS
from services.triage.console.layout.blueprint import make_blueprint
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn


def park(triage: Triage) -> str:
    reference = triage.submit()
    triage.rows(
        "update events.deliveries set parked_at = clock_timestamp(), last_error = 'KeyError: colour', failures = 8 "
        "where ticket = :reference and subscriber = 'intake'",
        reference=reference,
    )
    return reference


def test_an_admin_sees_the_error_of_a_parked_event_and_retries_it(triage: Triage, signed_in: SignedIn) -> None:
    reference = park(triage)
    ada = signed_in("Ada", "admin")
    page = ada.get("/events")
    assert "KeyError: colour" in page
    assert reference in page
    ada.post("/events/replay")
    assert triage.rows("select 1 from events.deliveries where parked_at is not null") == []
    assert "No parked events" in ada.get("/events")


def test_an_auditor_only_reads_parked_events_and_an_agent_does_not_see_them(
    triage: Triage, signed_in: SignedIn
) -> None:
    park(triage)
    auditor = signed_in("Audrey", "auditor")
    assert "Retry all" not in auditor.get("/events")
    auditor.post("/events/replay", 403)
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/events", 403)
    assert ">Events<" not in anna.get("/queues/ads")
    assert len(triage.rows("select 1 from events.deliveries where parked_at is not null")) == 1


def test_the_blueprint_can_be_made_more_than_once() -> None:
    assert make_blueprint(ACTIONS).name == make_blueprint(ACTIONS).name == "console"
