"""The pages of saved replies."""

import re
from typing import Any

from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn

TEXT: dict[str, Any] = {
    "name": "Refund",
    "text_en": "Hello {{requester.name}}",
    "text_sv": "",
    "then": "",
    "tags": "",
    "priority": "",
}


def test_one_is_made_changed_and_deleted(triage: Triage, signed_in: SignedIn) -> None:
    lea = signed_in("Lea", "lead", "ads")
    assert "There are none yet" in lea.get("/saved-replies")
    assert '<option value="team:ads"' in lea.get("/saved-replies/new")
    lea.post("/saved-replies/new", **{**TEXT, "shared_with": "team:ads", "tags": "a, b", "priority": "high"})
    page = lea.get("/saved-replies")
    assert "never sent" in page
    found = re.search(r'href="(/saved-replies/[0-9a-f-]{36})"', page)
    assert found
    form = lea.get(found[1])
    assert 'value="a, b"' in form
    lea.post(found[1], **{**TEXT, "shared_with": "all", "name": "Refunds", "then": "resolve"})
    [row] = triage.rows("select * from triage.saved_replies")
    assert (row.name, row.team, row.owner, row.actions) == ("Refunds", None, None, {"then": "resolve"})
    bo = signed_in("Bo", "agent", "billing")
    page = bo.get("/saved-replies")
    assert "Everybody’s" in page
    assert "never sent" not in page
    assert "Leads change what a team or everybody uses." in bo.get(found[1])
    bo.post(found[1], 403, **{**TEXT, "shared_with": "all"})
    bo.post(f"{found[1]}/deletion", 403)
    lea.get(found[1])
    lea.post(f"{found[1]}/deletion")
    assert triage.rows("select * from triage.saved_replies") == []


def test_a_wrong_form_is_shown_again(triage: Triage, signed_in: SignedIn) -> None:
    bo = signed_in("Bo", "agent", "billing")
    page = bo.get("/saved-replies/new")
    assert "team:billing" not in page
    page = bo.post("/saved-replies/new", 422, **{**TEXT, "text_en": "{{nobody}} <b>", "shared_with": "me"}).text
    assert "{{nobody}} is no placeholder" in page
    assert "{{nobody}} &lt;b&gt;</textarea>" in page
    assert 'aria-invalid="true"' in page
    for wrong in (
        {"name": " "},
        {"text_en": ""},
        {"then": "x"},
        {"priority": "x"},
        {"tags": "x" * 65},
        {"shared_with": "x"},
    ):
        bo.post("/saved-replies/new", 422, **{**TEXT, "shared_with": "me", **wrong})
    bo.post("/saved-replies/new", 403, **{**TEXT, "shared_with": "all"})
    bo.post("/saved-replies/new", 403, **{**TEXT, "shared_with": "team:billing"})
    assert triage.rows("select * from triage.saved_replies") == []
    bo.post("/saved-replies/new", **{**TEXT, "shared_with": "me"})
    assert "Yours" in bo.get("/saved-replies")


def test_an_auditor_reads_and_writes_nothing(signed_in: SignedIn) -> None:
    auditor = signed_in("Otto", "auditor")
    auditor.get("/saved-replies")
    auditor.get("/saved-replies/new", 403)
