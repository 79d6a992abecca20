"""Rulesets in the console: reading, editing, trial, replay, activation, rolling back."""

import json
import re
from typing import Any
from uuid import UUID

import yaml

from services.triage.replays.replay_chunk import replay_chunk
from services.triage.rules.document.seed import seed_document
from tests.integration.triage.conftest import Triage, submitted
from tests.integration.triage.console.conftest import SignedIn, Visitor

INVOICES = {"id": "invoices", "when": {"field": "text", "contains_any": ["invoice"]}, "then": {"team": "billing"}}


def _text(*rules: object) -> str:
    return str(yaml.safe_dump({**dict(seed_document()), "rules": list(rules)}, sort_keys=False))


def _save(admin: Visitor, *rules: object, then: str = "save") -> str:
    admin.get("/rules/new")
    return str(admin.post("/rules/new", text=_text(*rules), comment="Invoices to billing", then=then).location)


def _replay(triage: Triage, location: str) -> None:
    step: int | None = 0
    while step is not None:
        step = replay_chunk(triage.engine, triage.rulesets, UUID(location.rpartition("/")[2]), step)


def test_the_list_shows_rulesets_and_history(signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    assert _save(ada, INVOICES) == "/rules/2?done=draft-saved"
    page = ada.get("/rules")
    assert "Ruleset 2" in page
    assert "Invoices to billing" in page
    words = re.sub(r"<[^>]+>", "", page)
    assert "Ada (ada@example.org) saved ruleset 2 from 127.0.0.1: Invoices to billing" in words


def test_the_history_is_paged(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    triage.rows("""
        insert into triage.ruleset_changes (number, action, by, comment)
        select 1, 'activated', 'Ada', 'reason ' || n from generate_series(1, 60) as n
    """)
    first = ada.get("/rules")
    assert "reason 60" in first
    assert "reason 10<" not in first
    link = re.search(r'href="(/rules\?history=\d+)"', first)
    assert link
    assert "reason 10<" in ada.get(link[1])


def test_the_text_is_kept_with_its_comments(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    text = "# Ours, see the handbook.\n" + _text(INVOICES)
    ada.get("/rules/new")
    ada.post("/rules/new", text=text.replace("\n", "\r\n"), comment="c", then="save")
    assert "# Ours, see the handbook." in ada.get("/rules/2")
    assert "# Ours, see the handbook." in ada.get("/rules/new?from=2")
    assert triage.rows("select source from triage.rulesets where number = 2")[0].source == text
    misroute = ada.get("/rules/new?from=2&category=ads/metrics&team=billing&word=receipt")
    assert "# Ours, see the handbook." in misroute
    assert "ads-metrics-to-billing" in misroute
    assert "# The requester is asked for what is missing" in ada.get("/rules/new?from=1")


def test_a_draft_is_activated_with_a_reason_and_rolled_back(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    _save(ada, INVOICES)
    assert "Give a reason" in ada.post("/rules/2/activation", 422, comment=" ", expected_active=1).text
    ada.post("/rules/2/activation", comment="now", expected_active=1)
    assert triage.ticket(triage.submit("ads/metrics", message="an invoice")).team == "billing"
    page = ada.get("/rules/1")
    assert "Roll back to this one" in page
    assert "is active by now" in ada.post("/rules/1/activation", 409, comment="back", expected_active=1).text
    ada.post("/rules/1/activation", comment="back", expected_active=2)
    assert triage.ticket(triage.submit("ads/metrics", message="an invoice")).team == "ads"
    history = triage.rows(
        "select action, number, previous, by, origin, comment from triage.ruleset_changes order by id"
    )
    assert [tuple(row) for row in history[-2:]] == [
        ("activated", 2, 1, "Ada", "127.0.0.1", "now"),
        ("activated", 1, 2, "Ada", "127.0.0.1", "back"),
    ]


def test_errors_are_shown_with_their_lines_and_nothing_is_saved(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    ada.get("/rules/new")
    text = _text({**INVOICES, "then": {"team": "nobody"}})
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "nobody" in one)
    for then, status in (("check", 200), ("save", 422), ("replay", 422)):
        page = ada.post("/rules/new", status, text=text.replace("\n", "\r\n"), comment="c", then=then).text
        assert f"line {line}: <code>team: nobody</code>" in page
        assert "contains_any" in page
    assert "line 2" in ada.post("/rules/new", 422, text="language: 1\n&a b: [", comment="", then="save").text
    checked: Any = ada.client.post("/rules/check", data={"csrf_token": ada.token, "text": text}).json
    assert (checked["findings"][0]["line"], checked["findings"][0]["severity"]) == (line, "error")
    assert len(triage.rows("select 1 from triage.rulesets")) == 1


def test_a_draft_is_tried_on_form_input(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    _save(ada, INVOICES)
    page = ada.post("/rules/2/trial", 200, category="ads/metrics", message="My invoice").text
    assert "<strong>Billing</strong> by <code>invoices</code>" in page
    assert "My invoice" in page
    ada.post("/rules/2/trial", 422, category="")
    assert triage.rows("select 1 from triage.tickets") == []


def test_a_draft_is_tried_on_details_and_on_an_existing_ticket(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit("ads/metrics", message="My invoice")
    lena = signed_in("Lena", "lead", "ads")
    lena.get("/rules/1")
    page = lena.post("/rules/1/trial", 200, category="account/close", details="closed_on: 2026-11-01\r\nnonsense").text
    assert "<code>closing-14-days</code>" in page
    _save(signed_in("Ada", "admin"), INVOICES)
    lena.get("/rules/2")
    page = lena.post("/rules/2/trial", 200, reference=reference.lower()).text
    assert "<strong>Billing</strong> by <code>invoices</code>" in page
    assert triage.ticket(reference).team == "ads"
    assert "no such ticket" in lena.post("/rules/2/trial", 404, reference="T-0000-0000").text
    other = triage.submit("account/login")
    lena.post("/rules/2/trial", 403, reference=other)


def test_a_ruleset_of_thousands_of_rules_is_shown_shortened(signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    rules = [
        {"id": f"r{n}", "when": {"field": "subject", "is": f"{n}" * 20}, "then": {"tags": ["x"]}} for n in range(3_000)
    ]
    _save(ada, *rules)
    page = ada.get("/rules/2")
    assert "and 2900 more: <code>vidare rules diff 1 2</code>" in page
    assert len(page) < 2_000_000


def test_rulesets_are_compared(signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    _save(ada, INVOICES, {"id": "break-in", "then": {"tags": ["x"]}})
    page = ada.get("/rules/2")
    for words in ("Added", "Removed", "Changed", "break-in", "waitlist-international"):
        assert words in page
    assert "It is the same as ruleset 2" in ada.get("/rules/2?against=2")
    ada.get("/rules/2?against=99", 404)


def test_a_replay_shows_its_matrix_changes_and_reasons(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit("ads/metrics", message="My invoice")
    triage.submit("ads/metrics")
    ada = signed_in("Ada", "admin")
    location = _save(
        ada, INVOICES, {"id": "never", "when": {"field": "country", "is": "SE"}, "then": {"tags": ["x"]}}, then="replay"
    )
    assert 'http-equiv="refresh"' in ada.get(location)
    _replay(triage, location)
    page = ada.get(location)
    assert 'http-equiv="refresh"' not in page
    assert '<td class="w5">1</td>' in page
    assert "team: ads → billing" in page
    assert "<code>invoices</code>: subject or message has one of “invoice”" in page
    assert f"/tickets/{reference}" in page
    assert "1 rule matched nothing" in page
    assert "Activate ruleset 2" in page
    assert "matched no ticket in the last 30 days" in ada.get("/rules/2")
    triage.rows("update triage.replays set until = until - interval '2 days'")
    assert "matched no ticket in the last 30 days" not in ada.get("/rules/2")


def test_a_replay_is_cancelled(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    ada.get("/rules/1")
    location = ada.post("/rules/1/replay", days=7).location
    ada.get(location)
    ada.post(f"{location}/cancellation")
    assert "cancelled" in ada.get(location)
    ada.post("/rules/1/replay", 422, days="soon")


def test_the_misroute_report_links_to_a_draft(triage: Triage, signed_in: SignedIn) -> None:
    misrouted(triage)
    ada = signed_in("Ada", "admin")
    page = ada.get("/reports/misroutes")
    assert "<strong>25</strong> of 65" in page
    assert "invoice 25 : 0" in page
    link = re.search(r'href="(/rules/new\?[^"]+)"', page)
    assert link
    editor = ada.get(link[1].replace("&amp;", "&"))
    assert "ads-metrics-to-billing" in editor
    assert "invoice" in editor


def test_leads_and_auditors_read_and_agents_do_not(triage: Triage, signed_in: SignedIn) -> None:
    for reader in (signed_in("Lena", "lead", "ads"), signed_in("Audrey", "auditor")):
        page = reader.get("/rules/1")
        assert "Edit as a new draft" not in page
        assert "Try one ticket" in page
        reader.get("/rules")
        reader.get("/reports/misroutes")
        reader.get("/rules/new", 403)
        reader.post("/rules/new", 403, text=_text(INVOICES), then="save")
        reader.post("/rules/1/activation", 403, comment="x")
        reader.post("/rules/1/replay", 403, days=1)
    agent = signed_in("Anna", "agent", "ads")
    for path in ("/rules", "/rules/1", "/rules/new", "/reports/misroutes"):
        agent.get(path, 403)


def test_a_post_without_the_token_changes_nothing(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    ada.token = "0"
    ada.post("/rules/new", 403, text=_text(INVOICES), then="save")
    assert len(triage.rows("select 1 from triage.rulesets")) == 1


def misrouted(triage: Triage) -> None:
    """25 tickets about invoices that agents transferred to billing, 40 others that stayed."""
    events = [submitted("ads/metrics", message=f"My invoice is wrong {n}") for n in range(25)]
    triage.take(*events, *(submitted("ads/metrics", message=f"My numbers look wrong {n}") for n in range(40)))
    facts = json.dumps({"from": "ads", "to": "billing", "cause": "wrong_team"})
    for event in events:
        triage.rows("update triage.tickets set team = 'billing' where reference = :one", one=str(event.ticket))
        triage.rows(
            "insert into triage.timeline (ticket, kind, facts) values (:one, 'transferred', cast(:facts as jsonb))",
            one=str(event.ticket),
            facts=facts,
        )
