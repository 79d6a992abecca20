"""Saved replies by the API: who reads and changes them, what is refused, and what a ticket makes of one."""

from typing import Any
from uuid import uuid4

import pytest

from shared.commonmark import as_html
from tests.integration.triage.conftest import Caller, People, Triage

PATH = "/v1/saved-replies"
TEXT = {"en": "Hello {{requester.name}}, we look at {{ticket.reference}}.", "sv": "Hej {{requester.name}}!"}


def body(**given: Any) -> dict[str, Any]:
    return {"name": "Greeting", "team": None, "text": TEXT, "actions": {}, **given}


def make(caller: Caller, **given: Any) -> Any:
    return caller.post(PATH, body(**given), 201)


def names(caller: Caller) -> list[str]:
    return [item["name"] for item in caller.get(PATH)["items"]]


def test_each_sees_the_teams_the_shared_and_ones_own(people: People) -> None:
    lead, ada, bo = people("lead", "ads"), people("agent", "ads"), people("agent", "billing")
    make(lead, name="of ads", team="ads")
    make(lead, name="shared")
    make(lead, name="the lead's", shared_with="me")
    make(ada, name="Ada's")
    assert names(lead) == ["of ads", "shared", "the lead's"]
    assert names(ada) == ["of ads", "shared", "Ada's"]
    assert names(bo) == ["shared"]


def test_the_shape_and_defaults(people: People) -> None:
    lead, ada = people("lead", "ads"), people("agent", "ads")
    made = make(ada, actions={"then": "resolve", "tags": [" vip ", "vip", "ads"], "priority": "high"})
    assert made == {
        "id": made["id"],
        "name": "Greeting",
        "team": None,
        "text": TEXT,
        "actions": {"then": "resolve", "tags": ["vip", "ads"], "priority": "high"},
        "shared_with": "me",
        "uses": 0,
        "used_at": None,
    }
    minimal = lead.post(PATH, {"name": "x", "text": {"en": "y"}}, 201)
    assert (minimal["shared_with"], minimal["actions"]) == ("all", {})
    seen = ada.get(f"{PATH}/{minimal['id']}")
    assert "uses" not in seen
    assert seen["text"] == {"en": "y"}


def test_one_is_changed_by_those_whose_it_is(people: People) -> None:
    lead, other_lead, admin = people("lead", "ads"), people("lead", "billing"), people("admin")
    ada, bo, auditor = people("agent", "ads"), people("agent", "ads"), people("auditor")
    may = {
        make(ada)["id"]: [ada, admin],
        make(lead, team="ads")["id"]: [lead, admin],
        make(admin)["id"]: [lead, other_lead, admin],
    }
    teams = {identity: admin.get(f"{PATH}/{identity}")["team"] for identity in may}
    for identity, allowed in may.items():
        for caller in (ada, bo, lead, other_lead, auditor, admin):
            changed = body(name="changed", team=teams[identity])
            status = 200 if caller in allowed else 403
            answer = caller("PUT", f"{PATH}/{identity}", changed)
            assert answer.status_code == status, (caller.name, answer.text)
            if status == 403:
                assert caller("DELETE", f"{PATH}/{identity}").status_code == 403
    own, of_ads, shared = may
    assert admin.get(f"{PATH}/{own}")["shared_with"] == "me"
    assert ada("DELETE", f"{PATH}/{own}").status_code == 204
    assert lead("DELETE", f"{PATH}/{of_ads}").status_code == 204
    assert other_lead("DELETE", f"{PATH}/{shared}").status_code == 204
    assert admin.get(PATH)["items"] == []


def test_an_agent_makes_none_for_a_team_or_for_everybody(people: People) -> None:
    ada, lead = people("agent", "ads"), people("lead", "ads")
    ada.post(PATH, body(team="ads"), 403)
    ada.post(PATH, body(shared_with="all"), 403)
    lead.post(PATH, body(team="billing"), 403)
    own = make(ada)["id"]
    ada.put(f"{PATH}/{own}", body(team="ads"), 403)
    ada.put(f"{PATH}/{own}", body(shared_with="all"), 403)
    # A token that is bound to a team does nothing that concerns every team.
    people("admin", scopes=("team:ads",)).post(PATH, body(shared_with="all"), 403)


def test_another_persons_own_is_read_by_nobody_else(people: People, triage: Triage) -> None:
    own = make(people("agent", "ads"))["id"]
    other, reference = people("agent", "ads"), triage.submit("ads/metrics")
    other.get(f"{PATH}/{own}", 403)
    other.post(f"{PATH}/{own}/render", {"ticket": reference}, 403)
    assert people("auditor").get(f"{PATH}/{own}")["id"] == own


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": {"sv": "Hej"}}, "text.en"),
        ({"text": {"en": " "}}, "text.en"),
        ({"text": {"en": "x" * 10_001}}, "text.en"),
        ({"text": {"en": "Hi {{requester.email}}"}}, "text.en"),
        ({"text": {"en": "Hi", "sv": "Hej {{namn}}"}}, "text.sv"),
        ({"text": {"en": "Hi", "xx": "?"}}, "text.xx"),
        ({"text": "Hi"}, "text"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"team": "nobody"}, "team"),
        ({"team": 5}, "team"),
        ({"actions": {"then": "wait for it"}}, "actions.then"),
        ({"actions": {"priority": "sky"}}, "actions.priority"),
        ({"actions": {"tags": ["x" * 65]}}, "actions.tags[0]"),
        ({"actions": {"tags": ["x"] * 21}}, "actions.tags"),
        ({"actions": {"outcome": "solved"}}, "actions.outcome"),
        ({"shared_with": "team"}, "team"),
        ({"team": "ads", "shared_with": "all"}, "shared_with"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_what_is_wrong_is_named(people: People, wrong: dict[str, Any], field: str) -> None:
    admin = people("admin")
    made = make(admin)
    assert list(admin.post(PATH, body(**wrong), 422)["errors"]) == [field]
    assert list(admin.put(f"{PATH}/{made['id']}", body(**wrong), 422)["errors"]) == [field]
    assert admin.get(PATH)["items"] == [made]


def test_unknown_ones_are_404(people: People) -> None:
    admin, path = people("admin"), f"{PATH}/{uuid4()}"
    admin.get(path, 404)
    admin.put(path, body(), 404)
    assert admin("DELETE", path).status_code == 404
    admin.post(f"{path}/render", {"ticket": "T-0000-0000"}, 404)


def test_it_is_rendered_in_the_requesters_language(people: People, triage: Triage) -> None:
    ada = people("agent", "ads", name="Ada")
    both = make(ada)["id"]
    english = make(ada, text={"en": "{{agent.name}} on {{ticket.subject}}"}, actions={"then": "resolve"})["id"]
    swedish = triage.submit("ads/metrics", locale="sv-FI", name="Åsa", subject=None)
    german = triage.submit("ads/metrics", locale="de", name="Jörg", subject="Frage")
    assert ada.post(f"{PATH}/{both}/render", {"ticket": swedish}) == {"text": "Hej Åsa!", "lang": "sv", "actions": {}}
    rendered = ada.post(f"{PATH}/{both}/render", {"ticket": german})
    assert rendered["text"] == f"Hello Jörg, we look at {german}."
    assert ada.post(f"{PATH}/{english}/render", {"ticket": german}) == {
        "text": "Ada on Frage",
        "lang": "en",
        "actions": {"then": "resolve"},
    }
    title = triage.rulesets.catalog.resolve("ads/metrics")
    assert title is not None
    assert title.title["en"] in ada.post(f"{PATH}/{english}/render", {"ticket": swedish})["text"]


def test_a_requesters_words_are_plain_words(people: People, triage: Triage) -> None:
    ada = people("agent", "ads")
    made = make(ada, text={"en": "Hello {{requester.name}}, about {{ticket.subject}}"})["id"]
    name, subject = "**A** [b](https://evil.example)", "<script>alert(1)</script>\n# https://evil.example"
    reference = triage.submit("ads/metrics", name=name, subject=subject)
    shown = as_html(ada.post(f"{PATH}/{made}/render", {"ticket": reference})["text"])
    assert "<a" not in shown
    assert "<strong" not in shown
    assert "<h1" not in shown
    assert "&lt;script&gt;" in shown


def test_rendering_needs_a_ticket_that_one_may_read(people: People, triage: Triage) -> None:
    ada = people("agent", "ads")
    made = make(ada)["id"]
    assert list(ada.post(f"{PATH}/{made}/render", {"ticket": "T-0000-0000"}, 422)["errors"]) == ["ticket"]
    assert list(ada.post(f"{PATH}/{made}/render", {}, 422)["errors"]) == ["ticket"]
    ada.post(f"{PATH}/{made}/render", {"ticket": triage.submit("billing/cost")}, 403)


def test_a_repeated_post_makes_one(people: People) -> None:
    ada = people("agent", "ads")
    ada.headers["Idempotency-Key"] = "a"
    first = ada("POST", PATH, body())
    again = ada("POST", PATH, body())
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert ada("POST", PATH, body(name="other")).status_code == 422
    assert len(ada.get(PATH)["items"]) == 1


def test_pages_hold_each_once(people: People) -> None:
    lead = people("lead", "ads")
    made = [make(lead, name=str(i), team="ads" if i % 2 else None)["name"] for i in range(7)]
    found, cursor = [], ""
    while True:
        page = lead.get(f"{PATH}?limit=2{cursor}")
        found += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == made
    lead.get(f"{PATH}?cursor=x", 422)
    lead.get(f"{PATH}?cursor=WyJ4Il0", 422)


def test_there_is_a_limit_for_each(people: People, triage: Triage) -> None:
    ada, bo = people("agent", "ads"), people("agent", "ads")
    make(ada)
    triage.rows(
        "insert into triage.saved_replies (id, name, owner, texts) "
        "select gen_random_uuid(), 'x', owner, texts from triage.saved_replies, generate_series(1, 499)"
    )
    ada.post(PATH, body(), 409)
    make(bo)
