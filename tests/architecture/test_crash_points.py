"""Every effect has a crash point behind it; every crash point is documented and used by a scenario.

`VIDARE_UPDATE_DOCS=1 pytest tests/architecture/test_crash_points.py` writes docs/develop/crash-points.md.
"""

import os
import re
from collections import Counter, defaultdict

import pytest

from shared.crash_points import PLACES, VARIABLE
from shared.settings import PlatformSettings, SettingsError, read
from tests.architecture.effects import Effect, effects_of
from tests.architecture.test_tree import ROOT, sources
from tests.faults.crashes.scenarios import SCENARIOS

PAGE = ROOT / "docs" / "develop" / "crash-points.md"
# What answers a request or a command: one effect, and then the answer, which has a place of its own.
ANSWERING = ("api", "console", "form", "cli", "cli.py")

READS = "reads only"
ANSWERED = "one transaction, and then the answer: web.unanswered"
SET_UP = "no part of the running system"
EXEMPT = {
    "services/intake/tickets/find_links.py request_links": ANSWERED,
    "services/intake/tickets/view_ticket.py follow_ticket": READS,
    "services/intake/submissions/form_clients.py add_client": ANSWERED,
    "services/intake/submissions/form_clients.py find_client": READS,
    "services/intake/submissions/form_clients.py revoke_client": ANSWERED,
    "services/intake/submissions/idempotency.py find_earlier": READS,
    "services/intake/submissions/idempotency.py remember_form": "intake.note_recognised follows in its one user",
    "services/intake/inbound_mail/process.py _room_for_files": READS,
    "services/intake/inbound_mail/unreadable.py newest_mails": READS,
    "shared/storage/database.py autocommit": "its users' crash points follow",
    "services/intake/inbound_mail/lease.py taken": "intake.mail_taken follows in its one user",
    "services/intake/tickets/change_email.py mend_address": ANSWERED,
    "services/intake/metrics.py MailCollector.collect": READS,
    "services/intake/tickets/withdraw_ticket.py withdraw_ticket": ANSWERED,
    "services/notify/metrics.py EmailCollector.collect": READS,
    "services/notify/delivery/send_due_emails.py send_due_emails": "each call of this session has its own crash point",
    "services/notify/delivery/sender.py ReusedConnection.quit": "notify.quit_sent follows at the end; another e-mail's come between",
    "services/notify/delivery/smtp.py SmtpConnection._send_lines": "a part: notify.recipient_accepted, notify.handed_over",
    "services/notify/delivery/smtp.py SmtpConnection.quit": "as ReusedConnection.quit",
    "services/notify/worker.py _send_soon": "nothing follows the message, and a lost one costs a second",
    "services/triage/cli/replay.py _replayed": "a draft that is saved and not tried is found by the next run of the command",
    "services/triage/console/rules/pages.py add_pages.activate_now": "one of its three transactions writes, the others read",
    "services/triage/metrics.py SystemCollector.collect": READS,
    "services/triage/webhooks/call.py _post": "webhooks.called follows in its one user",
    "shared/auth/sign_in.py sign_in": "an attempt that is cut short counts as failed: that errs to the safe side",
    "shared/doctor/servers.py _store": SET_UP,
    "shared/events/leases.py due_subscribers": READS,
    "shared/events/transaction.py transaction": "its users' places follow",
    "shared/storage/migrate.py _upgrade": SET_UP,
    "shared/runtime/liveness.py _answers": "asks whether a server lives, and changes nothing",
    "shared/http/authorisation.py _of_token": READS,
    "shared/http/authorisation.py _of_session": "writes when the session was used last, and nothing else",
}


def functions_with_effects() -> dict[str, list[Effect]]:
    """By `file function`."""
    found: dict[str, list[Effect]] = defaultdict(list)
    for path in sources("services", "shared"):
        if "migrations" not in path.parts:
            for effect in effects_of(path.read_text()):
                found[f"{path.relative_to(ROOT)} {effect.where}"].append(effect)
    return found


def is_answering(where: str) -> bool:
    return any(part in ANSWERING for part in where.split(" ")[0].split("/"))


def test_behind_every_effect_there_is_a_place_to_die() -> None:
    bare = {
        f"{where}, line {effect.line}"
        for where, effects in functions_with_effects().items()
        if where not in EXEMPT and not (is_answering(where) and len(effects) == 1)
        for effect in effects
        if not effect.followed
    }
    assert bare == set(), "put a crash_point there, or say in EXEMPT why none is needed"


def test_no_exemption_has_outlived_its_reason() -> None:
    bare = {where for where, effects in functions_with_effects().items() if not all(one.followed for one in effects)}
    assert set(EXEMPT) - bare == set()


@pytest.mark.parametrize(
    ("source", "followed"),
    [
        ("with engine.begin() as c:\n  write(c)\ncrash_point('x')", [True]),
        ("with engine.begin() as c:\n  write(c)\nlog()\ncrash_point('x')", [False]),
        ("with engine.begin() as c:\n  return write(c)", [False]),
        ("with engine.begin() as c:\n  write(c)\n  crash_point('x')", [False]),
        ("for each in them:\n  store.put(each)\ncrash_point('x')", [False]),
        ("for each in them:\n  store.put(each)\n  crash_point('x')", [True]),
        ("try:\n  self._store.delete(name)\nexcept Away:\n  pass\ncrash_point('x')", [True]),
        ("if connections.row(sql):\n  crash_point('x')", [False]),
        ("celery.send_task(x)\nsmtp.send(y)\ncrash_point('x')", [False, True]),
    ],
)
def test_an_effect_is_found_with_what_follows_it(source: str, followed: list[bool]) -> None:
    body = source.replace("\n", "\n  ")
    assert [effect.followed for effect in effects_of(f"def work():\n  {body}\n")] == followed


def test_every_place_is_one_in_the_code() -> None:
    named = Counter(
        name
        for path in sources("services", "shared")
        for name in re.findall(r"crash_point\(\"([^\"]+)\"\)", path.read_text())
    )
    assert named == Counter(list(PLACES))


def test_every_place_is_died_at_by_a_test() -> None:
    assert {place for scenario in SCENARIOS for place in scenario.places} == set(PLACES)


def test_a_process_does_not_start_with_a_place_that_is_none() -> None:
    with pytest.raises(SettingsError) as caught:
        read(PlatformSettings, {VARIABLE: "intake.note_acepted"})
    assert any("no place intake.note_acepted" in problem for problem in caught.value.problems)


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
        place: "; ".join(sorted({s.tolerated[place] for s in SCENARIOS if place in s.tolerated})) for place in PLACES
    }
    return HEAD + "".join(f"| `{place}` | {what} | {tolerated[place]} |\n" for place, what in PLACES.items())


def test_the_page_is_what_the_code_says() -> None:
    if os.environ.get("VIDARE_UPDATE_DOCS") == "1":
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
