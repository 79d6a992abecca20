"""An agent of ads neither reads nor changes anything of billing on any route of the console."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine

from services.notify.settings import NotifySettings
from services.triage.app import create_app
from services.triage.reports.daily.registry import REPORTS
from services.triage.settings import TriageSettings
from services.triage.timers.fill_search import fill_search
from shared.auth.users import find_user
from shared.events.contracts import ticket_routed
from shared.http.authorisation import authorisation_of_routes
from shared.settings import read
from tests.integration.notify.ledger import Ledger, submission
from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.console.conftest import BROWSER, SignedIn, Visitor

SECRET, EMAIL = "Secret of billing", "payer@example.org"

# These pages belong to no team: an agent may open them and sees only their own teams' data.
OPEN = {"GET /login", "POST /login", "POST /logout", "GET /password", "POST /password", "POST /sessions/ending"} | {
    *("GET /forgotten-password", "POST /forgotten-password", "GET /password/<uuid:link>", "POST /password/<uuid:link>"),
    *("GET /", "GET /search", "GET /emails", "POST /emails/resends", "GET /suppressions", "POST /suppressions"),
    *("GET /bulk/count", "POST /bulk/new", "POST /bulk"),
    *("GET /search/suggestions", "GET /views", "GET /views/counts", "POST /views"),
    *("GET /yours", "GET /yours/news", "POST /yours/reassignment", "POST /away"),
    *("GET /saved-replies", "GET /saved-replies/new", "POST /saved-replies/new"),
    *("POST /live/token", "GET /notifications", "POST /notifications/read"),
    # Mails of no ticket; test_mail_pages.py covers who may do what with them.
    *("GET /mails", "GET /mails/<name>", "POST /mails/<name>/ticket"),
    # Daily reports count one's own teams' tickets; test_daily_pages.py covers who sees what.
    *(
        "GET /reports",
        *(
            f"GET /reports/{name}{suffix}"
            for name, report in REPORTS.items()
            if report.permission == "tickets.read"
            for suffix in ("", ".csv")
        ),
    ),
}

# The fields that a form sends; other routes need only their address.
FIELDS: dict[str, dict[str, Any]] = {
    "replies": {"message": "x"},
    "notes": {"message": "x"},
    "presence": {"doing": "viewing"},
    "information-requests": {"evidence": "x"},
    "disapproval": {"reasons": "excessive_hashtags"},
    "preview": {"reasons": "excessive_hashtags", "message": "x"},
    "reassignment": {"to": "nobody"},
    "merge": {"into": "T-0000-0000"},
    "links": {"to": "T-0000-0000"},
    "transfer": {"team": "ads", "reason": "x"},
    "reopening": {"reason": "x"},
    "changes": {"priority": "low"},
    "snooze": {"until": "3h"},
    "blocked-senders": {"sender": "example.com", "reason": "x"},
    "webhooks": {"url": "https://1.1.1.1/", "secret": "a long secret"},
    "people": {"email": "x@example.org", "name": "x", "role": "admin"},
    "resends": {"state": "deferred"},
    "suppressions": {"email": "new@example.org", "reason": "x"},
    "activation": {"comment": "x"},
    "views": {"name": "x", "query": "state:open"},
    "<uuid:view>": {"name": "x", "query": "state:open"},
    "position": {"to": "up"},
}


@pytest.fixture(scope="module")
def app(environment: dict[str, str], notify_url: str) -> Flask:
    return create_app(read(TriageSettings, {**environment, "VIDARE_NOTIFY_URL": notify_url}))


@pytest.fixture
def of_billing(triage: Triage, people: People, engine: Engine, environment: dict[str, str]) -> dict[str, str]:
    """An id of billing's data for each variable part of an address: ticket, file, claim, e-mail, webhook, call, replay."""
    file = {"id": str(uuid4()), "object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "clean"}
    reference = triage.submit("billing/cost", subject=SECRET, email=EMAIL, attachments=[file])
    notes = Ledger(engine, read(NotifySettings, environment))
    notes.arrive(submission(EMAIL, category="billing/cost"))
    [mail] = notes.emails()
    notes.arrive(ticket_routed(mail["ticket"], "c", {"team": "billing", "state": "open"}))
    suppression = str(uuid4())
    triage.rows("update notify.emails set state = 'deferred'")
    triage.rows(
        "insert into notify.suppressions (id, address, reason, source) values (:id, :address, 'x', 'bounce')",
        id=suppression,
        address=EMAIL,
    )
    [claim] = people("agent", "billing").claim("billing")
    [webhook] = triage.rows(
        "insert into triage.webhooks (team, url, secret, created_by) values ('billing', 'x', 'x', 'x') returning id"
    )
    [call] = triage.rows(
        "insert into triage.webhook_calls (webhook, team, ticket, number, event, event_id, body, state) "
        "values (:id, 'billing', :ticket, 1, 'x', gen_random_uuid(), '{}', 'failed') returning id",
        id=webhook.id,
        ticket=reference,
    )
    [message] = triage.rows(
        "insert into triage.scheduled_messages (id, ticket, writer, writer_name, action, content, kind, due_at) values "
        "(gen_random_uuid(), :ticket, gen_random_uuid(), 'Bo', 'replies', '{}', 'later', now() + interval '1 day') returning id",
        ticket=reference,
    )
    blocked = people("admin").post("/v1/blocked-senders", {"domain": "example.net", "reason": "x"}, 201)
    view = {"name": SECRET, "query": "state:open", "shared_with": "team", "team": "billing"}
    saved_reply = {"name": SECRET, "team": "billing", "text": {"en": SECRET}}
    replay = people("admin").post("/v1/rulesets/1/replay", {"days": 1}, 202)["id"]
    with engine.begin() as connection:
        person = str(find_user(connection, people("admin").email).id)
    body = {"references": [reference], "action": {"kind": "priority", "priority": "low"}}
    return {
        "<uuid:bulk>": people("admin").post("/v1/tickets/bulk", body, 202)["id"],
        "<reference>": reference,
        "<other>": reference,
        "<team>": "billing",
        "<panel>": "replies",
        "<name>": "0" * 32,
        "<uuid:claim>": claim["claim"],
        "<uuid:attachment>": file["id"],
        "<uuid:message>": str(message.id),
        "<uuid:webhook>": str(webhook.id),
        "<uuid:email>": str(mail["id"]),
        "<uuid:suppression>": suppression,
        "<uuid:blocked>": blocked["id"],
        "<uuid:replay>": replay,
        "<uuid:person>": person,
        "<uuid:view>": people("lead", "billing").post("/v1/views", view, 201)["id"],
        "<uuid:saved_reply>": people("lead", "billing").post("/v1/saved-replies", saved_reply, 201)["id"],
        "<int:call>": str(call.id),
        "<int:number>": "1",
    }


def _state(triage: Triage) -> list[Any]:
    tables = ("tickets", "claims", "webhooks", "webhook_calls", "replays", "rulesets", "scheduled_messages")
    names = [*(f"triage.{table}" for table in tables), "notify.emails"]
    return [triage.rows(f"select one::text from {name} one order by 1") for name in names]


def _visit(visitor: Visitor, route: str, parts: dict[str, str]) -> Any:
    """Raises KeyError for a route with an unknown variable part."""
    method, _, rule = route.partition(" ")
    path = "/".join(parts[part] if part.startswith("<") else part for part in rule.split("/"))
    query = "?since=2026-01-01T00:00:00%2B00:00" if path.endswith("/news") else ""
    fields = (
        {"references": parts["<reference>"]}
        if rule.startswith("/tickets/merge")
        else FIELDS.get(rule.rpartition("/")[2], {})
    )
    data = {"csrf_token": visitor.token, **fields} if method == "POST" else None
    return visitor.client.open(path + query, method=method, data=data, headers=BROWSER)


def test_no_page_shows_or_changes_data_of_another_team(
    app: Flask, triage: Triage, signed_in: SignedIn, of_billing: dict[str, str]
) -> None:
    ada = signed_in("Ada", "agent", "ads")
    ada.get("/queues/ads")
    routes = sorted(route for route, mark in authorisation_of_routes(app).items() if str(mark).startswith("session:"))
    before = _state(triage)
    answers = {route: _visit(ada, route, of_billing) for route in routes}
    for route, answer in answers.items():
        told = [one for one in (SECRET, EMAIL, of_billing["<reference>"]) if one in answer.text]
        assert not told, route
    assert {route for route, answer in answers.items() if answer.status_code != 403} == OPEN & set(routes)
    assert _state(triage) == before


def test_pages_of_no_team_show_only_data_of_ones_own_teams(
    signed_in: SignedIn, triage: Triage, of_billing: dict[str, str]
) -> None:
    with triage.engine.begin() as connection:
        fill_search(connection)
    words = ("secret", EMAIL, of_billing["<reference>"])
    bo = signed_in("Bo", "agent", "billing")
    assert all(
        of_billing["<reference>"] in bo.get(f"/search?q={word}").replace(f'value="{word}"', "") for word in words
    )
    assert EMAIL in bo.get("/emails")
    assert EMAIL in bo.get("/suppressions")
    ada = signed_in("Ada", "agent", "ads")
    for word in words:
        assert SECRET not in ada.get(f"/search?q={word}")
    page = ada.get(f"/emails?to={EMAIL}")
    assert of_billing["<uuid:email>"] not in page


def test_every_route_of_the_console_needs_a_session(app: Flask) -> None:
    marks = authorisation_of_routes(app)
    pages = {route: mark for route, mark in marks.items() if " /v1/" not in route and "/static/" not in route}
    unguarded = {route for route, mark in pages.items() if not str(mark).startswith("session:")}
    assert unguarded <= OPEN | {
        "GET /livez",
        "GET /readyz",
        "GET /metrics",
        "GET /openapi.json",
        "GET /look/<path:filename>",
        *(route for route in pages if route.startswith("GET /docs")),
    }
