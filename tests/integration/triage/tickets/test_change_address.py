"""Changed e-mail addresses of requesters."""

from services.triage.timers.fill_search import fill_search
from shared.events.contracts import requester_address_changed, ticket_keys_renewed
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


def test_the_number_of_renewed_keys_is_stored_and_never_falls(triage: Triage) -> None:
    reference = triage.submit()
    triage.take(requester_address_changed(reference, "c", {"key_number": 2}, {"email": "anna.new@example.com"}))
    assert triage.ticket(reference).key_number == 2
    assert triage.take(ticket_keys_renewed(reference, "c", {"key_number": 4})) == 1
    triage.take(ticket_keys_renewed(reference, "c", {"key_number": 3}))
    triage.take(requester_address_changed(reference, "c", {"key_number": 1}, {"email": "anna@example.com"}))
    assert triage.ticket(reference).key_number == 4


def test_renewed_keys_of_a_ticket_that_is_not_routed_yet_are_a_transient_error(triage: Triage) -> None:
    assert triage.take(ticket_keys_renewed(new_reference(), "c", {"key_number": 2})) == 0
