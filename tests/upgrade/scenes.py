"""What invented people do with the system whose database is dumped; each scene leaves its own kind of rows."""

import json
from typing import Any

from tests.polling import eventually
from tests.samples import files
from tests.upgrade.peers import MailServer
from tests.upgrade.running_system import Browser, Json, System

BOUNCE = b"""From: MAILER-DAEMON@mx.example.com\r
To: <>\r
Subject: Undelivered Mail\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=%s; boundary="b"\r
\r
--b\r
Content-Type: message/%s\r
\r
%s\r
\r
--b--\r
"""
FAILED = b"Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1"
ABUSE = b"Feedback-Type: abuse\r\nUser-Agent: example"
NO_BOUNDARY = b"From: kaj@example.org\r\nContent-Type: multipart/mixed\r\n\r\nno boundary\r\n"
LATE = {
    "id": "in-a-hurry",
    "when": {"field": "message", "contains_any": ["hurry"]},
    "then": {"respond_within": "40s", "tags": ["hurry"]},
}


def what_time_does(system: System) -> None:
    """Reminders, warnings, late answers, leases that run out, and silence, where days are seconds long."""
    Browser(system, "intake").look("/help/billing/receipt")
    system.command("users", "add", "lo@example.org", "--name", "Lo Lind", "--role", "lead", "--team", "ads")
    old = system.call("GET", "triage", "/v1/rulesets/active", "admin").json()
    document = old["document"] | {"rules": [LATE, *old["document"]["rules"]]}
    saved = system.triage("/v1/rulesets", document=document, comment="Some cannot wait.")
    activation = {"comment": "From today on.", "expected_active": old["number"]}
    system.triage(f"/v1/rulesets/{saved['number']}/activation", **activation)
    late, _ = system.new("ads/metrics", "ada", "I am in a hurry: my numbers are gone.", locale="en")
    held, _ = system.new("account/content-removed", "bo", "Min Pin är borta.", locale="sv")
    silent, _ = system.new("ads/loading", "cleo", "The page stays white.")
    system.act(silent, "ads", ("replies", {"message": "Which page is it?"}))
    system.triage(f"/v1/tickets/{late}/takeover", "ads", lease_seconds=1)
    for reference, kind in (
        (late, "lease_expired"),
        (silent, "resolved_in_silence"),
        (held, "reminded"),
        (late, "escalated"),
        (held, "evidence_overdue"),
    ):
        system.until(reference, kind)
    eventually(lambda: system.rows("select 1 from triage.help_counts"), within=120)


def play(system: System, tool: str) -> Json:
    """All that comes to an end; returns what opens the doors of the dumped system."""
    for path in ("takes", "fails"):
        system.triage("/v1/teams/ads/webhooks", url=f"{tool}/{path}", secret=f"secret-of-{path}")
    _help_and_form(system)
    tickets = _requesters(system) | _agents(system)
    _mails(system, tickets)
    _emails_without_a_ticket(system)
    _rules(system)
    token = _people(system)
    _an_event_of_a_later_version(system)
    eventually(lambda: system.rows("select 1 from triage.webhook_calls where state = 'delivered'"))
    eventually(lambda: system.rows("select 1 from triage.webhook_calls where failing_since is not null"))
    eventually(lambda: not system.rows("select 1 from intake.attachments where state = 'pending'"))
    eventually(lambda: not system.rows("select 1 from intake.inbound_mails where state = 'waiting'"))
    told = {name: {"reference": reference, "key": key} for name, (reference, key) in tickets.items()}
    return {"admin_token": token, "tickets": told}


def _help_and_form(system: System) -> None:
    reader = Browser(system, "intake")
    for path in ("/help", "/help/account/password", "/help/ads/metrics?lang=sv"):
        reader.look(path)
    reader.post("/help/account/password/solved", {})
    form = "/help/account/login/note?lang=sv"
    words = {"email": "dag@example.org", "message": "Jag kommer inte in på mitt konto.", "platform": "ios"}
    reader.fill(form, form, words, file=("skärm.png", files.png()))
    reader.fill(form, form, words | {"email": ""}, status=422, file=("kvar.png", files.png()))
    reader.post("/t?lang=sv", {"email": "dag@example.org"})


def _requesters(system: System) -> dict[str, tuple[str, str]]:
    again = {"headers": {"Idempotency-Key": "once-and-only-once"}}
    for _ in range(2):
        picture = system.new("ads/metrics", "eva", "The picture shows it.", file=("a.png", files.png()), **again)
    shop = system.command("forms", "add", "shop.example.org", "--per-minute", "60").strip()
    system.command("forms", "add", "closed.example.org")
    system.command("forms", "revoke", "closed.example.org")
    system.new("billing/cost", "finn", "What does it cost?", as_=shop, name="Finn", username="finn.draws", country="SE")
    system.new("ads/loading", "gun", "Broken.", file=("b.png", files.large_and_broken()))
    system.new("ads/loading", "hal", "A document.", file=("c.pdf", files.pdf_with_script()))
    held = system.new("business/blocked-link", "ida", "Our link is blocked.", subject="Blocked")
    _follow_up(system, held, json={"details": {"pin_url": "https://pin.example/1"}})
    filled = system.new("business/blocked-link", "jan", "Our link is blocked, too.")
    _follow_up(
        system, filled, json={"details": {"site_url": "https://shop.example", "pin_url": "https://pin.example/2"}}
    )
    _follow_up(system, picture, data={"message": "And this."}, files={"attachment": ("d.pdf", files.pdf())})
    withdrawn = system.new("account/close", "kaj", "Close it, please.", details={"closed_on": "2026-11-20"})
    system.call("POST", "intake", f"/v1/tickets/{withdrawn[0]}/withdrawal", withdrawn[1])
    system.until(withdrawn[0], "withdrawn")
    unreached = system.new("billing/cost", "gone", "What did it cost?")
    failed = "select 1 from intake.submissions where reference = %s and mail_state = 'failed'"
    eventually(lambda: system.rows(failed, unreached[0]))
    Browser(system, "intake").post(f"/t/{unreached[0]}/address", {"key": unreached[1], "email": "here@example.org"})
    return {"picture": picture, "held": held, "filled": filled, "withdrawn": withdrawn}


def _follow_up(system: System, ticket: tuple[str, str], **body: Any) -> None:
    system.call("POST", "intake", f"/v1/tickets/{ticket[0]}/follow-ups", ticket[1], **body)
    system.until(ticket[0], "followed_up")


def _agents(system: System) -> dict[str, tuple[str, str]]:
    answered = system.new("ads/metrics", "lea", "How many saw it?", subject="Views")
    aside, answer = ("notes", {"message": "Between us: the counter was down."}), {"message": "Twelve.", "then": "wait"}
    system.act(answered[0], "ads", aside, ("replies", answer))
    resolved = system.new("billing/receipt", "moa", "Mitt kvitto?", locale="sv", details={"invoice_month": "2026-10"})
    kept, done = {"message": "Här är det.", "then": "keep"}, {"outcome": "solved", "message": "Nu är det klart."}
    system.act(resolved[0], "billing", ("replies", kept), ("resolution", done))
    changed = system.new("account/login", "nils", "I cannot log in.", details={"login_method": "email"})
    system.call("PATCH", "triage", f"/v1/tickets/{changed[0]}", "account", json={"priority": "high", "tags": ["vip"]})
    blocked = {"site_url": "https://shop.example", "pin_url": "https://pin.example/3"}
    waiting = system.new("business/blocked-link", "olle", "Blocked again.", details=blocked)
    wanted = {"evidence": ["pin_url"], "message": "Another one, please."}
    system.act(waiting[0], "business", ("information-requests", wanted))
    refused = system.new("ads/disapproved", "pia", "Why was it disapproved?", platform="ios")
    system.act(refused[0], "ads", ("disapproval", {"reasons": ["excessive_hashtags"], "message": "Sorry."}))
    moved = system.new("ads/metrics", "rut", "Where is my invoice?", locale="sv")
    where = {"team": "billing", "cause": "wrong_team", "reason": "About money."}
    system.act(moved[0], "ads", ("transfer", where))
    return {"answered": answered, "resolved": resolved, "waiting": waiting, "moved": moved, **_reopened(system)}


def _reopened(system: System) -> dict[str, tuple[str, str]]:
    """One that was closed twice and opened twice, one that changed teams often and is claimed by a lead now."""
    reopened = system.new("ads/metrics", "siv", "It does not count.")
    system.act(reopened[0], "ads", ("resolution", {"outcome": "not_solved"}))
    system.triage(f"/v1/tickets/{reopened[0]}/reopening", "ads", reason="It can be fixed after all.")
    system.act(reopened[0], "ads", ("resolution", {"outcome": "solved", "message": "Fixed."}))
    _follow_up(system, reopened, json={"message": "It still does not."})
    claimed = system.new("ads/loading", "tor", "Still white.")
    claim = system.take(claimed[0], "ads")
    system.call("DELETE", "triage", f"/v1/claims/{claim['claim']}", "ads", params={"reason": "Not my browser."})
    for who in ("ads", "admin"):
        system.take(claimed[0], who)
    return {"reopened": reopened, "claimed": claimed}


def _mails(system: System, tickets: dict[str, tuple[str, str]]) -> None:
    _, answer_to, _ = system.email(tickets["picture"][0])
    system.mail("eva@example.org", answer_to, "More by mail.\n\nOn Monday Vidare wrote:\n> We have your note\n")
    system.mail("eva@example.org", answer_to, "I am away.", Auto_Submitted="auto-replied")
    system.mail("kaj@example.org", system.email(tickets["withdrawn"][0])[1], "I want it back.")
    system.mail("eva@example.org", answer_to, NO_BOUNDARY)
    system.mail("una@example.org", f"help@{system.stack['inbound']['domain']}", "I cannot log in.", subject="Help")
    for name, kind, part, said in (
        ("vera", b"delivery-status", b"delivery-status", FAILED % b"vera@example.org"),
        ("wille", b"feedback-report", b"feedback-report", ABUSE),
    ):
        reference, _ = system.new("billing/cost", name, "What will it cost?")
        system.mail("", system.email(reference)[2], BOUNCE % (kind, part, said))
    eventually(lambda: len(system.rows("select 1 from notify.emails where state = 'bounced'")) == 2)
    system.new("billing/cost", "vera", "Did you get my note?")
    system.new("billing/cost", "full", "My mailbox is full.")
    suppressed = {"email": "never@example.org", "reason": "Asked us not to write."}
    system.call("POST", "notify", "/v1/suppressions", "admin", json=suppressed)


def _emails_without_a_ticket(system: System) -> None:
    item = {"email": "xenia@example.org", "locale": "sv", "item": "https://shop.example/pin"}
    system.triage("/v1/disapprovals", **item, reasons=["excessive_hashtags"])
    system.triage("/v1/application-statuses", **item, status="approved")


def _rules(system: System) -> None:
    """A draft with an author's comments, replayed; another replay that is cancelled. Two rulesets are active and retired already."""
    admin = Browser(system, "triage")
    admin.sign_in(system.stack["admin"]["email"], system.stack["admin"]["password"])
    admin.fill("/setting-up", "/setting-up/rules", {})
    active = system.call("GET", "triage", "/v1/rulesets/active", "admin").json()
    rule = {"id": "numbers", "when": {"field": "category", "is": "ads/metrics"}, "then": {"team": "business"}}
    text = "# One team for numbers.\n" + json.dumps(active["document"] | {"rules": [rule]}, indent=1)
    admin.fill("/rules/new", "/rules/new", {"text": text, "comment": "A try.", "then": "replay"})
    eventually(lambda: system.rows("select 1 from triage.replays where state = 'done'"))
    assert system.rows("select 1 from triage.replay_changes")
    cancelled = system.triage(f"/v1/rulesets/{active['number']}/replay", days=30)
    system.call("DELETE", "triage", f"/v1/replays/{cancelled['id']}", "admin")


def _people(system: System) -> str:
    """Accounts of every role, sessions, a refused sign-in, tokens; returns a token of the admin."""
    for name, role in (
        ("ylva", "agent"),
        ("ahmed", "lead"),
        ("berit", "admin"),
        ("cyrus", "auditor"),
        ("dora", "agent"),
    ):
        team = ["--team", "billing"] if role in ("agent", "lead") else []
        said = system.command("users", "add", f"{name}@example.org", "--name", name.title(), "--role", role, *team)
        visitor = Browser(system, "triage")
        visitor.sign_in(f"{name}@example.org", said.split()[-1])
    Browser(system, "triage").sign_in("ylva@example.org", "not hers", status=401)
    system.command("users", "disable", "dora@example.org")
    system.command("users", "add", "robot@example.org", "--role", "service", "--team", "*")
    robot = system.command("tokens", "add", "robot@example.org", "--scope", "read", "--team", "ads", "--days", "365")
    system.call("GET", "triage", "/v1/tickets?team=ads", robot.strip())
    system.command("tokens", "add", "ylva@example.org", "--name", "lost")
    lost = next(line for line in system.command("tokens", "list").splitlines() if line.endswith("lost"))
    system.command("tokens", "revoke", lost.split()[0])
    return system.command("tokens", "add", "berit@example.org", "--name", "of the upgrade's test").strip()


def _an_event_of_a_later_version(system: System) -> None:
    """Parked at once: who was written by a later version and then stepped back from it knows no handler."""
    event = {
        "event_id": "01999999-0000-7000-8000-000000000000",
        **{"type": "NoteTranslated", "version": 1, "ticket": None, "first": False, "correlation_id": "later"},
        **{"payload": {"language": "sv"}, "personal": None, "subscribers": ["triage"]},
    }
    system.rows("select events.record(%s)", json.dumps([event]))
    eventually(lambda: system.rows("select 1 from events.deliveries where parked_at is not null"))


def unfinished_work(system: System, mails: MailServer) -> None:
    """With no tick any more: files, mails and e-mails that no worker has handled, and counts that none has folded."""
    for number in (1, 2):  # as many as may speak to the mail server at once
        system.new("billing/cost", f"slow{number}", "Is it slow?")
        eventually(lambda: len(mails.slow) == number)  # noqa: B023 (called before the next round)
    reference, _ = system.new("ads/metrics", "zoe", "One more.", file=("e.png", files.png()))
    system.act(reference, "ads", ("replies", {"message": "One less.", "then": "resolve"}))
    system.mail("zoe@example.org", f"help@{system.stack['inbound']['domain']}", "Hello?", subject="Hello")
    eventually(lambda: system.rows("select 1 from intake.inbound_mails where state = 'waiting'"))
    Browser(system, "intake").look("/help/ads/metrics")
    eventually(lambda: system.rows("select 1 from intake.help_counts"))
    eventually(lambda: system.rows("select 1 from notify.emails where state = 'queued'"))


def work_that_waits(system: System) -> None:
    """With no worker any more: what was accepted and is on its way to nobody."""
    system.send("billing/receipt", "omar", "My receipt for October.", details={"invoice_month": "2026-10"})
