"""The console's pages about webhooks."""

import pytest
from flask import Flask

from services.triage.app import create_app
from services.triage.settings import TriageSettings
from shared.settings import read
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn

HOOKS = "/queues/ads/webhooks"
GIVEN = {"url": "https://93.184.216.34/hook", "secret": "a long secret"}


@pytest.fixture(scope="module")
def app(environment: dict[str, str]) -> Flask:
    return create_app(read(TriageSettings, environment))


def _added(triage: Triage, signed_in: SignedIn) -> str:
    ada = signed_in("Ada", "agent", "ads")
    ada.get(HOOKS)
    ada.post(HOOKS, 303, **GIVEN)
    page = ada.get(HOOKS)
    assert GIVEN["url"] in page
    assert GIVEN["secret"] not in page
    return str(triage.rows("select id from triage.webhooks")[0].id)


def test_a_webhook_is_added_and_removed(triage: Triage, signed_in: SignedIn) -> None:
    hook = _added(triage, signed_in)
    lea = signed_in("Lea", "lead", "ads")
    lea.get(HOOKS)
    lea.post(f"{HOOKS}/{hook}/removal")
    assert GIVEN["url"] not in lea.get(HOOKS)


@pytest.mark.parametrize(
    "given", [{"url": "http://127.0.0.1/"}, {"url": ""}, {"secret": "short"}, {"url": "ftp://example.org"}]
)
def test_errors_are_shown_and_the_address_is_kept(signed_in: SignedIn, given: dict[str, str]) -> None:
    ada = signed_in("Ada", "agent", "ads")
    ada.get(HOOKS)
    page = ada.post(HOOKS, 422, **(GIVEN | given)).text
    assert 'role="alert"' in page
    assert (GIVEN | given)["url"] in page
    assert GIVEN["url"] not in ada.get(HOOKS)


def test_the_log_shows_calls_and_repeats_one(triage: Triage, signed_in: SignedIn) -> None:
    hook, reference = _added(triage, signed_in), triage.submit("ads/metrics")
    triage.rows(
        """insert into triage.webhook_calls (webhook, team, ticket, number, event, event_id, body, state, attempts, last_status, last_error)
           values (:hook, 'ads', :ticket, 1, 'ticket.routed', gen_random_uuid(), '{}', 'failed', 9, 500, 'It <broke>')""",
        hook=hook,
        ticket=reference,
    )
    bea = signed_in("Bea", "agent", "ads")
    page = bea.get(f"{HOOKS}/{hook}")
    assert all(text in page for text in ("ticket.routed", reference, "failed", "It &lt;broke&gt;"))
    call = triage.rows("select id from triage.webhook_calls")[0].id
    bea.post(f"{HOOKS}/{hook}/calls/{call}")
    assert triage.rows("select state, attempts from triage.webhook_calls")[0] == ("queued", 0)


def test_webhooks_of_another_team_are_closed(triage: Triage, signed_in: SignedIn) -> None:
    hook = _added(triage, signed_in)
    bo = signed_in("Bo", "agent", "billing")
    bo.get("/queues/billing")
    for path in (HOOKS, f"{HOOKS}/{hook}"):
        bo.get(path, 403)
    bo.get(f"/queues/billing/webhooks/{hook}", 404)
    for path in (HOOKS, f"{HOOKS}/{hook}/removal", f"{HOOKS}/{hook}/calls/1"):
        bo.post(path, 403, **GIVEN)
    auditor = signed_in("Aud", "auditor")
    auditor.get(HOOKS)
    auditor.post(HOOKS, 403, **GIVEN)
    signed_in("Adm", "admin").get("/queues/nobody/webhooks", 404)
