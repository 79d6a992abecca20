"""Changed e-mail addresses of requesters."""

from services.triage.timers.fill_search import fill_search
from shared.events.contracts import requester_address_changed
from shared.ticket_keys import new_reference
from tests.integration.triage.conftest import Triage


def test_ticket_and_search_have_the_new_address(triage: Triage) -> None:
    reference = triage.submit(email="typo@exmaple.com")
    assert triage.take(requester_address_changed(reference, "c", {}, {"email": "Anna@example.com"})) == 1
    assert triage.ticket(reference).email == "Anna@example.com"
    assert triage.timeline(reference) == ["routed", "address_changed"]
    assert triage.take(requester_address_changed(reference, "c", {}, {"email": "Anna@example.com"})) == 1
    assert triage.timeline(reference) == ["routed", "address_changed"]


def test_a_domain_beyond_ascii_is_searched_in_its_canonical_form(triage: Triage) -> None:
    reference = triage.submit(email="typo@exmaple.com")
    with triage.engine.begin() as connection:
        fill_search(connection)
    triage.take(requester_address_changed(reference, "c", {}, {"email": "Anna@Straße.example"}))
    stored = [row.email for row in triage.rows("select email from triage.search")]
    assert stored == ["anna@xn--strae-oqa.example"]


def test_a_ticket_that_is_not_routed_yet_is_a_transient_error(triage: Triage) -> None:
    assert triage.take(requester_address_changed(new_reference(), "c", {}, {"email": "a@example.com"})) == 0
