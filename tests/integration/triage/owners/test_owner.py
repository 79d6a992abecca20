"""Owners of tickets, and what is reserved for them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.events.contracts import person_disabled
from tests.integration.triage.conftest import Caller, People, Triage


@pytest.fixture
def owner(people: People) -> Caller:
    return people("agent", "ads", name="Owner")


@pytest.fixture
def other(people: People) -> Caller:
    return people("agent", "ads", name="Other")


def _answered(triage: Triage, owner: Caller, **given: str) -> str:
    """A ticket that its owner answered, and whose requester has written again."""
    reference = triage.submit(**given)
    owner.post(f"/v1/tickets/{reference}/replies", {"message": "Hello"}, 201)
    triage.follow_up(reference)
    return reference


def test_who_answers_asks_or_disapproves_owns_the_ticket(triage: Triage, owner: Caller, other: Caller) -> None:
    reference = triage.submit("ads/disapproved")
    path = f"/v1/tickets/{reference}"
    me = {"email": owner.email, "name": "Owner"}
    assert owner.get(path)["owner"] is None
    owner.post(f"{path}/notes", {"message": "x"}, 201)
    assert owner.get(path)["owner"] is None
    assert owner.post(f"{path}/replies", {"message": "x"}, 201)["owner"] == me
    assert owner.get("/v1/tickets?owner=me")["items"][0]["owner"] == me
    assert other.get("/v1/tickets?owner=me")["items"] == []
    assert len(other.get(f"/v1/tickets?owner={owner.email}")["items"]) == 1
    assert other.get("/v1/tickets?owner=none")["items"] == []
    other.get("/v1/tickets?owner=nobody@example.org", 422)
    reasons = {"reasons": ["excessive_hashtags"]}
    assert other.post(f"{path}/disapproval", reasons)["owner"]["email"] == other.email


def test_a_service_account_owns_nothing(triage: Triage, people: People, owner: Caller) -> None:
    reference = triage.submit()
    people("service", "ads").post(f"/v1/tickets/{reference}/replies", {"message": "x"}, 201)
    assert owner.get(f"/v1/tickets/{reference}")["owner"] is None
    [told] = triage.told(reference, "TicketAnswered")
    assert told["person"] is False


def test_the_owner_is_set_by_hand(triage: Triage, people: People, owner: Caller, other: Caller) -> None:
    path = f"/v1/tickets/{triage.submit()}"
    assert other.put(f"{path}/owner", {"email": owner.email.upper()})["owner"]["email"] == owner.email
    assert other.put(f"{path}/owner", {"email": None})["owner"] is None
    for bad in (people("agent", "billing").email, people("service", "ads").email, "nobody@example.org", ""):
        other.put(f"{path}/owner", {"email": bad}, 422)
    people("agent", "billing").put(f"{path}/owner", {"email": None}, 403)
    people("auditor").put(f"{path}/owner", {"email": None}, 403)
    other.put("/v1/tickets/T-0000-0000/owner", {"email": None}, 404)


def test_an_answer_is_reserved_for_the_owner(triage: Triage, owner: Caller, other: Caller) -> None:
    reference = _answered(triage, owner)
    row = owner.get("/v1/tickets?state=open")["items"][0]
    until = datetime.fromisoformat(row["reserved_until"])
    assert timedelta(minutes=29) < until - datetime.now(UTC) <= timedelta(minutes=30)
    [queue] = [one for one in owner.get("/v1/queues")["items"] if one["team"] == "ads"]
    assert (queue["open"], queue["reserved"]) == (1, 1)
    assert other.claim("ads") == []
    [claim] = owner.claim("ads")
    assert claim["ticket"]["reference"] == reference
    assert claim["ticket"]["reserved_until"] is None
    [queue] = [one for one in owner.get("/v1/queues")["items"] if one["team"] == "ads"]
    assert queue["reserved"] == 0


def test_others_claim_it_when_it_is_urgent_overdue_or_the_time_is_over(
    triage: Triage, owner: Caller, other: Caller
) -> None:
    urgent, overdue, ended = (_answered(triage, owner) for _ in range(3))
    owner.patch(f"/v1/tickets/{urgent}", {"priority": "urgent"})
    set_to = "update triage.tickets set reserved_until = clock_timestamp() - interval '1 second' where reference = :r"
    triage.rows(set_to, r=ended)
    # What is overdue when it opens is reserved no longer than until it was due.
    triage.rows(
        "update triage.tickets set reserved_until = least(reserved_until, respond_by - interval '1 day') where reference = :r",
        r=overdue,
    )
    assert {claim["ticket"]["reference"] for claim in other.claim("ads", 5)} == {urgent, overdue, ended}


def test_a_takeover_works_at_any_time(triage: Triage, owner: Caller, other: Caller) -> None:
    reference = _answered(triage, owner)
    other.post(f"/v1/tickets/{reference}/takeover", {"lease_seconds": 60})
    assert triage.ticket(reference).reserved_until is None


def test_nothing_is_reserved_for_somebody_who_is_away_or_idle(triage: Triage, owner: Caller, other: Caller) -> None:
    assert owner.put("/v1/me", {"away": True})["away"] is True
    assert owner.get("/v1/me") == owner.get("/v1/me") | {"email": owner.email, "teams": ["ads"], "away": True}
    _answered(triage, owner)
    assert len(other.claim("ads")) == 1
    owner.put("/v1/me", {"away": False})
    reference = triage.submit()
    owner.post(f"/v1/tickets/{reference}/replies", {"message": "x"}, 201)
    triage.rows("update auth.tokens set last_used_at = clock_timestamp() - interval '2 hours'")
    triage.follow_up(reference)
    assert triage.ticket(reference).reserved_until is None
    owner.put("/v1/me", {"away": "yes"}, 422)


def test_going_away_frees_what_was_reserved(triage: Triage, owner: Caller, other: Caller) -> None:
    _answered(triage, owner)
    owner.put("/v1/me", {"away": True})
    assert len(other.claim("ads")) == 1


def test_a_transfer_clears_the_owner_and_a_closed_account_owns_nothing(
    triage: Triage, people: People, owner: Caller
) -> None:
    moved, kept = _answered(triage, owner), _answered(triage, owner)
    owner.post(f"/v1/tickets/{moved}/transfer", {"team": "billing", "reason": "x"})
    assert (triage.ticket(moved).owner, triage.ticket(moved).reserved_until) == (None, None)
    assert triage.ticket(kept).owner is not None
    triage.take(person_disabled("c", {"person": str(triage.ticket(kept).owner)}))
    assert (triage.ticket(kept).owner, triage.ticket(kept).reserved_until) == (None, None)


def test_claims_are_by_priority_then_deadline_then_age(triage: Triage, owner: Caller, other: Caller) -> None:
    """Also across what is reserved for the claimer and what is not."""
    late, soon = triage.submit(), triage.submit()
    mine = _answered(triage, owner)
    high, none = triage.submit(), triage.submit()
    set_to = "update triage.tickets set respond_by = {} where reference = :r"
    for reference, due in ((late, "now() + interval '9 hours'"), (soon, "now() + interval '1 hour'"), (none, "null")):
        triage.rows(set_to.format(due), r=reference)
    triage.rows(set_to.format("now() + interval '2 hours'"), r=mine)
    triage.rows("update triage.tickets set priority = 'high', respond_by = null where reference = :r", r=high)
    order = [high, soon, mine, late, none]
    rows = owner.get("/v1/tickets?sort=queue&state=open")
    assert [row["reference"] for row in rows["items"]] == order
    assert rows["stable"] is False
    for expected in order[:3]:
        assert [claim["ticket"]["reference"] for claim in owner.claim("ads")] == [expected]
    assert [claim["ticket"]["reference"] for claim in owner.claim("ads", 5)] == order[3:]


def test_an_idempotency_key_makes_a_repeat_harmless(triage: Triage, owner: Caller, other: Caller) -> None:
    reference = triage.submit()
    path = f"/v1/tickets/{reference}/replies"

    def post(caller: Caller, body: object, key: str) -> tuple[int, str | None]:
        headers = caller.headers | {"Idempotency-Key": key}
        answer = caller.client.post(path, json=body, headers=headers)
        return answer.status_code, answer.headers.get("Idempotency-Replayed")

    key = uuid4().hex
    assert post(owner, {"message": "x"}, key) == (201, None)
    assert post(owner, {"message": "x"}, key) == (201, "true")
    assert post(owner, {"message": "y"}, key) == (422, None)
    assert triage.timeline(reference).count("replied") == 1
    assert post(other, {"message": "x"}, key) == (201, None)
    assert post(owner, {"message": "x"}, "a key") == (400, None)
    # The entry is the reply's own, whatever came after it.
    triage.follow_up(reference)
    again = owner.client.post(path, json={"message": "x"}, headers=owner.headers | {"Idempotency-Key": key}).get_json()
    assert (again["entry"]["kind"], again["timeline"][-1]["kind"]) == ("replied", "answered_by_requester")
    # A key whose request was refused stays free.
    fresh = uuid4().hex
    assert post(owner, {"message": " "}, fresh) == (422, None)
    assert post(owner, {"message": "x"}, fresh) == (201, None)


def test_a_repeated_transfer_tells_where_the_ticket_is(triage: Triage, owner: Caller) -> None:
    path = f"/v1/tickets/{triage.submit()}/transfer"
    headers = owner.headers | {"Idempotency-Key": uuid4().hex}
    for expected in (None, "true"):
        answer = owner.client.post(path, json={"team": "billing", "reason": "x"}, headers=headers)
        assert (answer.status_code, answer.headers.get("Idempotency-Replayed")) == (200, expected)
        assert answer.get_json()["team"] == "billing"
    assert "timeline" not in answer.get_json()


def test_a_repeated_takeover_is_one_claim(triage: Triage, owner: Caller) -> None:
    path = f"/v1/tickets/{triage.submit()}/takeover"
    headers = owner.headers | {"Idempotency-Key": uuid4().hex}
    first, second = (owner.client.post(path, json={"lease_seconds": 60}, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_json()["claim"] == second.get_json()["claim"]
    bad = owner.client.post(path, json={"lease_seconds": 60}, headers=owner.headers | {"Idempotency-Key": "a b"})
    assert bad.status_code == 400


def test_who_may_only_read_is_never_away(people: People, owner: Caller) -> None:
    for reader in (people("auditor"), people("agent", "ads", scopes=("read",))):
        reader.put("/v1/me", {"away": True}, 403)
    owner.put("/v1/me", {"away": 1}, 422)


def test_nothing_is_reserved_for_an_admin_of_no_team(triage: Triage, people: People, other: Caller) -> None:
    _answered(triage, people("admin"))
    assert len(other.claim("ads")) == 1
