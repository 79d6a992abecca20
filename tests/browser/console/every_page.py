"""Every page of the console, with an address of each."""

import json
from typing import Any

from tests.integration.triage.conftest import Triage

LONG = "Nebenkostenabrechnungsunterlagenverzeichnis" * 4
# Routes with GET that are not pages.
NO_PAGE = (
    "/news",
    "/attachments/",
    ".csv",
    "static",
    "/look/",
    "/v1/",
    "/livez",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/count",
    "/suggestions",
    ">/saved-replies",
    "/scheduled/",
)
# The addresses of each route; {…} is replaced by an existing id.
PAGES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/login": ("/login",),
    "/setting-up": ("/setting-up",),
    "/password": ("/password",),
    "/password/<uuid:link>": ("/password/00000000-0000-0000-0000-000000000000",),
    "/forgotten-password": ("/forgotten-password",),
    "/queues/<team>": (
        "/queues/ads",
        "/queues/billing",
        "/queues/ads?state=claimed",
        "/queues/ads?state=resolved",
        "/queues/ads?state=snoozed",
        "/queues/ads?state=blocked",
    ),
    "/yours": ("/yours",),
    "/queues/<team>/webhooks": ("/queues/ads/webhooks",),
    "/queues/<team>/webhooks/<uuid:webhook>": ("/queues/ads/webhooks/{webhook}",),
    "/tickets/<reference>": ("/tickets/{ticket}", "/tickets/T-0000-0000"),
    "/search": ("/search", "/search?q=question", "/search?q=nothing"),
    "/bulk/<uuid:bulk>": ("/bulk/{bulk}",),
    "/notifications": ("/notifications",),
    "/saved-replies": ("/saved-replies",),
    "/saved-replies/new": ("/saved-replies/new",),
    "/saved-replies/<uuid:saved_reply>": ("/saved-replies/{saved_reply}",),
    "/views": ("/views",),
    "/emails": ("/emails", "/emails?to=nobody@example.com"),
    "/emails/<uuid:email>": ("/emails/{email}",),
    "/mails": ("/mails", "/mails?state=unsure", "/mails?state=unreadable"),
    "/mails/<name>": ("/mails/{mail}",),
    "/suppressions": ("/suppressions",),
    "/blocked-senders": ("/blocked-senders",),
    "/events": ("/events",),
    "/people": ("/people",),
    "/audit": ("/audit", "/audit?actor=nobody@example.org"),
    "/rules": ("/rules",),
    "/rules/<int:number>": ("/rules/1",),
    "/rules/new": ("/rules/new",),
    "/replays/<uuid:replay>": ("/replays/{replay}",),
    "/reports": ("/reports", "/reports?team="),
    "/reports/volume": ("/reports/volume", "/reports/volume?by=agent&from=2026-11-01&to=2026-11-01"),
    "/reports/first-answer": ("/reports/first-answer",),
    "/reports/resolution": ("/reports/resolution",),
    "/reports/reopened": ("/reports/reopened?by=category",),
    "/reports/backlog": ("/reports/backlog",),
    "/reports/service-levels": ("/reports/service-levels",),
    "/reports/misroutes": ("/reports/misroutes",),
    "/reports/deflection": ("/reports/deflection",),
    "/reports/satisfaction": ("/reports/satisfaction?by=agent",),
}


def addresses_of_every_page(triage: Triage, ticket: str, mail: str) -> list[str]:
    """An address of each page that shows something, with very long words. `ticket`, `mail`: what there is already."""
    there = {
        "ticket": ticket,
        "mail": mail,
        "email": triage.rows("select id from notify.emails")[0].id,
        "webhook": triage.rows(
            "insert into triage.webhooks (team, url, secret, created_by) values ('ads', :url, 'secret', 'Ada') returning id",
            url=f"https://{LONG[:60]}.example/{LONG}",
        )[0].id,
        "replay": triage.rows(
            "insert into triage.replays (ruleset, days, created_by, since, until) values (1, 30, 'Ada', now(), now()) returning id"
        )[0].id,
        "bulk": _bulk(triage, ticket),
        "saved_reply": triage.rows(
            "insert into triage.saved_replies (id, name, texts)"
            " values (gen_random_uuid(), cast(:long as text), jsonb_build_object('en', cast(:long as text))) returning id",
            long=LONG,
        )[0].id,
    }
    triage.rows(
        "insert into triage.views (name, query, sort, shared_with, owner, position)"
        " values (cast(:long as text), cast(:long as text), 'created', 'all', gen_random_uuid(), 1)",
        long=LONG[:80],
    )
    return [address.format(**there) for paths in PAGES.values() for address in paths]


def _bulk(triage: Triage, ticket: str) -> Any:
    """A bulk with one result and long words."""
    [bulk] = triage.rows(
        "insert into triage.bulks (by_id, created_by, source, action, state, total, done, undo_until, finished_at) values"
        " (gen_random_uuid(), :long, 'console', cast(:action as jsonb), 'done', 1, 1, now() + interval '5 minutes', now()) returning id",
        long=LONG,
        action=json.dumps({"kind": "tags", "add": [LONG[:64]], "remove": []}),
    )
    triage.rows(
        "insert into triage.bulk_tickets (bulk, number, ticket, status, why) values (:bulk, 1, :ticket, 'skipped', :why)",
        bulk=bulk.id,
        ticket=ticket,
        why=f"{LONG} has claimed it.",
    )
    return bulk.id
