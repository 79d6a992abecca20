"""What a person owns and has not finished."""

from uuid import UUID

from services.triage.conversation.entries import OPENED_BY_REQUESTER
from services.triage.lists.owned_tickets import count_answered, owned_tickets
from services.triage.owners.colleagues import colleagues
from shared.auth.users import disable, make_user
from tests.integration.triage.conftest import People, Triage

TEAMS = ("ads", "billing")


def answered(triage: Triage, people: People, *categories: str) -> tuple[UUID, list[str]]:
    """A person of ads and billing, and tickets that they answered."""
    anna = people("agent", *TEAMS)
    references = []
    for category in categories:
        reference = triage.submit(category)
        anna.post(f"/v1/tickets/{reference}/replies", {"message": "Hello"}, 201)
        references.append(reference)
    return triage.ticket(references[0]).owner, references


def owned(triage: Triage, person: UUID, *teams: str) -> list[str]:
    with triage.engine.begin() as connection:
        rows = owned_tickets(connection, person, teams)
        return [str(row._mapping["reference"]) for row in rows]


def count(triage: Triage, person: UUID, *teams: str) -> int:
    with triage.engine.begin() as connection:
        return count_answered(connection, person, teams)


def test_those_whose_requester_wrote_last_come_first(triage: Triage, people: People) -> None:
    person, [first, second, third] = answered(triage, people, "ads/metrics", "ads/metrics", "ads/metrics")
    triage.follow_up(third, message="Hello?")
    triage.rows("update triage.tickets set priority = 'urgent' where reference = :r", r=second)
    assert owned(triage, person, *TEAMS) == [third, second, first]
    assert count(triage, person, *TEAMS) == 1


def test_finished_tickets_and_those_of_other_teams_are_left_out(triage: Triage, people: People) -> None:
    person, [ads, billing, done] = answered(triage, people, "ads/metrics", "billing/cost", "ads/metrics")
    for reference in (ads, billing):
        triage.follow_up(reference, message="Hello?")
    triage.rows("update triage.tickets set state = 'resolved' where reference = :r", r=done)
    assert (owned(triage, person, "ads"), count(triage, person, "ads")) == ([ads], 1)
    assert (len(owned(triage, person, *TEAMS)), count(triage, person, *TEAMS)) == (2, 2)


def test_what_we_wrote_last_in_is_not_counted(triage: Triage, people: People) -> None:
    anna, reference = people("agent", "ads"), triage.submit("ads/metrics")
    [claim] = anna.claim()
    answer = {"message": "Hello", "then": "keep", "claim": claim["claim"]}
    anna.post(f"/v1/tickets/{reference}/replies", answer, 201)
    person = triage.ticket(reference).owner
    assert (owned(triage, person, "ads"), count(triage, person, "ads")) == ([reference], 0)
    triage.follow_up(reference, message="Hello?")
    assert count(triage, person, "ads") == 1


def test_an_internal_note_is_no_answer(triage: Triage, people: People) -> None:
    person, [reference] = answered(triage, people, "ads/metrics")
    triage.follow_up(reference, message="Hello?")
    people("agent", "ads").post(f"/v1/tickets/{reference}/notes", {"message": "Hm"}, 201)
    assert count(triage, person, *TEAMS) == 1


def test_colleagues_are_the_people_of_the_teams_with_an_open_account(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        for name, role, teams in (
            ("Bo", "agent", ["billing"]),
            ("Anna", "lead", ["ads"]),
            ("Tool", "service", ["ads"]),
            ("Cleo", "agent", ["business"]),
        ):
            make_user(connection, f"{name}@example.org", name, role, teams)
        disable(connection, make_user(connection, "gone@example.org", "Gone", "agent", ["ads"]))
        assert [one.name for one in colleagues(connection, TEAMS)] == ["Anna", "Bo"]


def test_evidence_that_is_no_message_makes_it_our_turn(triage: Triage, people: People) -> None:
    category, slots = "business/blocked-link", ["site_url", "pin_url"]
    bea = people("agent", "business")
    asked = triage.submit(category)
    bea.post(f"/v1/tickets/{asked}/information-requests", {"evidence": slots}, 201)
    held = triage.submit(category, missing_evidence=slots)
    bea.post(f"/v1/tickets/{held}/replies", {"message": "Please send both"}, 201)
    person = triage.ticket(asked).owner
    triage.rows("update triage.tickets set state = 'held' where reference = :r", r=held)
    other = triage.submit(category)
    bea.post(f"/v1/tickets/{other}/replies", {"message": "Hello"}, 201)
    triage.rows("update triage.tickets set priority = 'urgent' where reference = :r", r=other)
    assert count(triage, person, "business") == 0
    assert not any(_was_opened(triage, person).values())
    for reference in (asked, held):
        triage.follow_up(reference, message=None, filled=slots, details={"site_url": "https://example.org"})
    assert count(triage, person, "business") == 2
    assert set(owned(triage, person, "business")[:2]) == {asked, held}
    assert _was_opened(triage, person) == {asked: True, held: True, other: False}
    rows = bea.get("/v1/tickets")["items"]
    assert {row["last_from"] for row in rows} == {"agent"}
    [claim] = [one for one in bea.claim("business", 2) if one["ticket"]["reference"] == asked]
    assert count(triage, person, "business") == 2
    answer = {"message": "Thank you", "then": "keep", "claim": claim["claim"]}
    bea.post(f"/v1/tickets/{asked}/replies", answer, 201)
    assert count(triage, person, "business") == 1
    assert not _was_opened(triage, person)[asked]


def _was_opened(triage: Triage, person: UUID) -> dict[str, bool]:
    with triage.engine.begin() as connection:
        rows = owned_tickets(connection, person, ["business"])
        return {str(row._mapping["reference"]): row._mapping["newest_turn"] in OPENED_BY_REQUESTER for row in rows}
