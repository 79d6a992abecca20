"""Every effect has a crash point behind it; every crash point is documented and used by a scenario.

`VIDARE_UPDATE_DOCS=1 pytest tests/architecture/test_crash_points.py` writes docs/develop/crash-points.md.
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import pytest

from shared.crash_points import CRASH_POINTS, VARIABLE
from shared.settings import PlatformSettings, SettingsError, read
from tests.architecture.effects import Effect, effects_of
from tests.architecture.test_tree import ROOT, sources
from tests.faults.crashes.scenarios import SCENARIOS

PAGE = ROOT / "docs" / "develop" / "crash-points.md"
# Code that answers a request or a command: one effect, and then the answer, which has a crash point of its own.
ANSWERING = ("api", "console", "form", "cli", "cli.py")

READS = "reads only"
ANSWERED = "one transaction, and then the answer: web.unanswered"
SET_UP = "no part of the running system"
EXEMPT = {
    "services/intake/tickets/find_links.py _record_request": ANSWERED,
    "services/intake/tickets/view_ticket.py view_ticket": READS,
    "services/intake/submissions/form_clients.py add_client": ANSWERED,
    "services/intake/submissions/form_clients.py find_client": READS,
    "services/intake/submissions/form_clients.py revoke_client": ANSWERED,
    "services/intake/submissions/idempotency.py find_earlier": READS,
    "services/intake/submissions/idempotency.py remember_form": "intake.submission_recognised follows in its one user",
    "services/intake/inbound_mail/process.py _files_left": READS,
    "services/intake/inbound_mail/list_mails.py newest_mails": READS,
    "services/intake/inbound_mail/read_stored_mail.py read_stored_mail": READS,
    "services/intake/inbound_mail/open_mail.py open_mail": ANSWERED,
    "services/intake/inbound_mail/lease.py leased": "intake.mail_leased follows in its one user",
    "services/intake/tickets/change_email.py _change": ANSWERED,
    "services/intake/metrics.py MailCollector.collect": READS,
    "services/intake/tickets/withdraw_ticket.py withdraw_ticket": ANSWERED,
    "services/intake/tickets/send_link.py send_link": ANSWERED,
    "services/intake/addresses/request_address_change.py _ask": ANSWERED,
    "services/intake/addresses/confirm_address_change.py confirm_address_change": ANSWERED,
    "services/intake/addresses/confirm_address_change.py find_address_change": READS,
    "services/intake/conversation/find_file.py find_file": READS,
    "services/intake/satisfaction/find_question.py find_question": READS,
    "services/intake/satisfaction/give_satisfaction.py give_satisfaction": ANSWERED,
    "services/triage/api/tickets/presence.py put_my_presence": "the second transaction reads only",
    "services/triage/live/hub.py Hub.ask.run": "a token of a stream that was not opened: its reader asks for another",
    "services/notify/metrics.py EmailCollector.collect": READS,
    "services/notify/delivery/send_due_emails.py send_due_emails": "each call of this session has its own crash point",
    "services/notify/delivery/sender.py ReusedConnection.quit": "notify.quit_sent follows at the end; another e-mail's come between",
    "services/notify/delivery/sender.py ReusedConnection.get": "the next e-mail's crash points follow",
    "services/notify/delivery/smtp.py SmtpConnection._send_lines": "a part: notify.recipient_accepted, notify.body_accepted",
    "services/notify/delivery/smtp.py SmtpConnection.quit": "as ReusedConnection.quit",
    "services/triage/cli/replay.py _replayed": "a draft that is saved and not tried is found by the next run of the command",
    "services/triage/console/rules/pages.py add_pages.activate_now": "one of its three transactions writes, the others read",
    "services/triage/metrics.py SystemCollector.collect": READS,
    "services/triage/webhooks/sender_threads.py SenderThreads._poll": READS,
    "services/triage/webhooks/call.py _post": "webhooks.called follows in its one user",
    "shared/auth/sign_in.py sign_in": "an attempt that is cut short counts as failed: that errs to the safe side",
    "shared/doctor/servers.py _store": SET_UP,
    "shared/events/leases.py due_subscribers": READS,
    "shared/events/transaction.py transaction": "its users' crash points follow",
    "shared/auth/teams.py known_teams": READS,
    "shared/storage/migrate.py _upgrade": SET_UP,
    "shared/storage/migrate.py fill_teams": SET_UP,
    "shared/runtime/liveness.py _answers": "asks whether a server lives, and changes nothing",
    "shared/http/authorisation.py _of_token": READS,
    "shared/http/authorisation.py _of_session": "writes when the session was used last, and nothing else",
}


@cache
def functions_with_effects() -> Mapping[str, Sequence[Effect]]:
    """By `file function`."""
    files = {path.relative_to(ROOT): path for path in sources("services", "shared") if "migrations" not in path.parts}
    names = {".".join(file.with_suffix("").parts).removesuffix(".__init__"): file for file in files}
    found: dict[str, list[Effect]] = defaultdict(list)
    for name, effects in effects_of({name: files[file].read_text() for name, file in names.items()}).items():
        for effect in effects:
            found[f"{names[name]} {effect.where}"].append(effect)
    return found


def is_answering(where: str) -> bool:
    return any(part in ANSWERING for part in where.split(" ")[0].split("/"))


def test_a_crash_point_follows_every_effect() -> None:
    bare = {
        f"{where}, line {effect.line}"
        for where, effects in functions_with_effects().items()
        if where not in EXEMPT and not (is_answering(where) and len(effects) == 1)
        for effect in effects
        if not effect.followed
    }
    assert bare == set(), "put a crash_point there, or give the reason in EXEMPT why none is needed"


def test_no_exemption_has_outlived_its_reason() -> None:
    bare = {where for where, effects in functions_with_effects().items() if not all(one.followed for one in effects)}
    assert set(EXEMPT) - bare == set()


STORE = """
from shared.crash_points import effect

class Store:
    @effect
    def put(self, one): ...
    def get(self, one): ...
class Shelf(Store): ...
class Box:
    def put(self, one): ...
class Holder:
    shelf: Shelf
    def __init__(self, store: Store):
        self._store = store
    @property
    def store(self) -> Store: ...
@effect
def saved(): ...
"""
WORK = """
import threading
from celery import Celery
from sqlalchemy import Engine
from store import Box, Holder, Shelf, Store, saved

def work(engine: Engine, store: Store, box: Box, holder: Holder, celery: Celery | None, unknown):
"""


@pytest.mark.parametrize(
    ("body", "followed"),
    [
        ("with engine.begin() as c:\n  write(c)\ncrash_point('x')", [True]),
        ("with engine.begin() as c:\n  write(c)\nlog()\ncrash_point('x')", [False]),
        ("with engine.begin() as c:\n  return write(c)", [False]),
        ("with engine.begin() as c:\n  write(c)\n  crash_point('x')", [False]),
        ("for each in them:\n  store.put(each)\ncrash_point('x')", [False]),
        ("for each in them:\n  store.put(each)\n  crash_point('x')", [True]),
        ("try:\n  store.put(name)\nexcept Away:\n  pass\ncrash_point('x')", [True]),
        ("if store.put(sql):\n  crash_point('x')", [False]),
        ("celery.send_task(x)\nstore.put(y)\ncrash_point('x')", [False, True]),
    ],
)
def test_an_effect_is_found_with_what_follows_it(body: str, followed: list[bool]) -> None:
    assert [effect.followed for effect in effects_in(body)] == followed


@pytest.mark.parametrize(
    ("body", "effects"),
    [
        ("holder.store.put(1)", 1),
        ("holder.shelf.put(1)", 1),
        ("holder._store.put(1)", 1),
        ("made = Shelf()\nmade.put(1)", 1),
        ("with saved() as one:\n  pass", 1),
        ("unknown.put(1)", 1),
        ("unknown.send_task(1)", 1),
        ("store.get(1)", 0),
        ("box.put(1)", 0),
        ("put(1)", 0),
        ("made: Box = unknown()\nmade.put(1)", 0),
        ("event = threading.Event()\nevent.set()", 0),
        ("if other := Box():\n  other.put(1)", 0),
    ],
)
def test_an_effect_is_known_by_its_receiver(body: str, effects: int) -> None:
    assert len(effects_in(body)) == effects


def effects_in(body: str) -> list[Effect]:
    return effects_of({"store": STORE, "work": WORK + "  " + body.replace("\n", "\n  ") + "\n"})["work"]


def test_the_table_lists_every_crash_point_of_the_code_once() -> None:
    named = Counter(
        name
        for path in sources("services", "shared")
        for name in re.findall(r"crash_point\(\"([^\"]+)\"\)", path.read_text())
    )
    assert named == Counter(list(CRASH_POINTS))


def test_a_test_dies_at_every_crash_point() -> None:
    assert {point for scenario in SCENARIOS for point in scenario.points} == set(CRASH_POINTS)


def test_a_process_does_not_start_with_an_unknown_crash_point() -> None:
    with pytest.raises(SettingsError) as caught:
        read(PlatformSettings, {VARIABLE: "intake.submission_acepted"})
    assert any("no crash point intake.submission_acepted" in problem for problem in caught.value.problems)


HEAD = """# Crash points

A crash point is a named position in the code, directly behind an effect: a commit, an object stored or deleted, a message, a
mail or a call. The code marks it with `crash_point("<name>")`. With `VIDARE_CRASH_AT=<name>` a process ends there with status
137, as after kill -9.

`tests/faults/crashes` uses every one. It prepares a scenario, lets a process die at the crash point, starts everything again, and
does what a client without an answer does: it tries again. Then it compares the result with that of the same scenario without a
death: every table that records results, the store, the mailbox, the calls. Nothing may be lost or doubled, except as the right
column allows. `tests/architecture/test_crash_points.py` fails for an effect without a crash point, and for a crash point without
a scenario. Effects in Redis alone (limits) have none: they may be lost.

| crash point | what has happened by then | tolerated |
| --- | --- | --- |
"""


def page() -> str:
    """The page that the code and the scenarios imply."""
    tolerated = {
        point: "; ".join(sorted({s.tolerated[point] for s in SCENARIOS if point in s.tolerated}))
        for point in CRASH_POINTS
    }
    return HEAD + "".join(f"| `{point}` | {what} | {tolerated[point]} |\n" for point, what in CRASH_POINTS.items())


def test_the_page_is_what_the_code_says() -> None:
    if os.environ.get("VIDARE_UPDATE_DOCS") == "1":
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
