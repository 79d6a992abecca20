"""What a saved reply brings is applied with the message made from it, in one transaction."""

from typing import Any

import pytest

from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.console.conftest import SignedIn, Visitor
from tests.integration.triage.scheduled_messages.conftest import Outbox, in_the_future

Claimed = tuple[Visitor, str]
ACTIONS = {"tags": ["refund", "vip"], "priority": "high", "then": "resolve"}


@pytest.fixture
def saved_reply(people: People) -> str:
    body = {"name": "Refund", "team": "ads", "text": {"en": "Hello {{requester.name}}"}, "actions": ACTIONS}
    return str(people("lead", "ads").post("/v1/saved-replies", body, 201)["id"])


@pytest.mark.parametrize("when", [{}, {"later": "at", "later_at": in_the_future()}])
def test_tags_priority_and_use_come_with_the_send(
    claimed: Claimed, triage: Triage, outbox: Outbox, saved_reply: str, when: dict[str, Any], people: People
) -> None:
    anna, reference = claimed
    triage.rows("update triage.tickets set tags = '{old}'")
    applied: dict[str, Any] = {"saved_reply": saved_reply, "add_tags": "refund, vip", "set_priority": "high"}
    anna.act(reference, "replies", message="Hello", then="resolve", **applied, **when)
    ticket = triage.ticket(reference)
    assert (ticket.tags, ticket.priority) == (["old"], "normal")
    lead = people("lead", "ads")
    assert lead.get(f"/v1/saved-replies/{saved_reply}")["uses"] == 0
    outbox.send_all()
    ticket = triage.ticket(reference)
    assert (ticket.state, ticket.tags, ticket.priority) == ("resolved", ["old", "refund", "vip"], "high")
    shown = lead.get(f"/v1/saved-replies/{saved_reply}")
    assert shown["uses"] == 1
    assert shown["used_at"] is not None
    assert "uses" not in people("agent", "ads").get(f"/v1/saved-replies/{saved_reply}")


def test_nothing_is_applied_without_the_message(
    claimed: Claimed, triage: Triage, outbox: Outbox, saved_reply: str
) -> None:
    anna, reference = claimed
    applied: dict[str, Any] = {"saved_reply": saved_reply, "add_tags": "refund", "set_priority": "high"}
    anna.act(reference, "replies", message="Hello", then="resolve", **applied)
    triage.follow_up(reference)
    outbox.send_all()
    ticket = triage.ticket(reference)
    assert (ticket.tags, ticket.priority) == ([], "normal")
    [row] = triage.rows("select uses from triage.saved_replies")
    assert row.uses == 0
    page = anna.get(f"/tickets/{reference}")
    assert 'name="add_tags" value="refund"' in page
    assert f'name="saved_reply" value="{saved_reply}"' in page


def test_what_cannot_be_applied_is_told(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", 422, message="Hello", then="wait", add_tags="x" * 65)
    anna.act(reference, "replies", 422, message="Hello", then="wait", set_priority="sky")
    assert outbox.rows == []
    anna.act(reference, "replies", message="Hello", then="wait", saved_reply="00000000-0000-0000-0000-000000000000")
    outbox.send_all()
    assert triage.ticket(reference).state == "waiting"


def test_a_list_inserts_one_without_scripts(claimed: Claimed, triage: Triage, saved_reply: str) -> None:
    anna, reference = claimed
    page = anna.get(f"/tickets/{reference}")
    assert f'<option value="{saved_reply}">Refund</option>' in page
    path = f"/tickets/{reference}/saved-reply/reply"
    page = anna.post(path, 200, insert=saved_reply, message="Dear,", add_tags="old").text
    assert ">Dear,\n\nHello Anna</textarea>" in page
    assert 'name="add_tags" value="old, refund, vip"' in page
    assert "<option selected>high</option>" in page
    assert f'name="saved_reply" value="{saved_reply}"' in page
    assert 'class="button main" type="submit" name="then" value="resolve"' in page
    assert "Choose a saved reply first" in anna.post(path, 422, insert="", message="Dear,").text


def test_the_picker_finds_by_name_and_text(
    claimed: Claimed, triage: Triage, saved_reply: str, people: People, signed_in: SignedIn
) -> None:
    anna, reference = claimed
    people("lead", "billing").post(
        "/v1/saved-replies", {"name": "Of billing", "team": "billing", "text": {"en": "x"}}, 201
    )
    people("admin").post("/v1/saved-replies", {"name": "50 % off_", "text": {"en": "An offer", "sv": "Ett anbud"}}, 201)

    def found(words: str) -> list[str]:
        answer = anna.client.get(f"/tickets/{reference}/saved-replies?q={words}")
        return [item["name"] for item in answer.get_json()["items"]]

    assert found("") == ["Refund", "50 % off_"]
    assert found("refu") == ["Refund"]
    assert found("OFFER") == ["50 % off_"]
    assert found("anbud") == ["50 % off_"]
    assert (found("50 %25"), found("%25f_"), found("_"), found("nothing")) == (["50 % off_"], [], ["50 % off_"], [])
    [item] = anna.client.get(f"/tickets/{reference}/saved-replies?q=refund").get_json()["items"]
    assert item == {
        "id": saved_reply,
        "name": "Refund",
        "whose": "Ads",
        "text": "Hello Anna",
        "lang": "en",
        "actions": ACTIONS,
    }
    cleo = signed_in("Cleo", "agent", "billing")
    assert cleo.client.get(f"/tickets/{reference}/saved-replies").status_code == 403
    cleo.get("/queues/billing")
    cleo.post(f"/tickets/{reference}/saved-reply/reply", 403, insert=saved_reply)
