"""`make run`, from the first check to the end of the last process."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from local import stack_file
from local.data_directory import DataDirectory, Secrets, open_data_directory, secrets_of
from local.errors import LocalError
from local.orphans import end_orphans
from local.people import People
from local.plan import Plan, make_plan
from local.ports import require_free
from local.stack import Stack
from shared.runtime.processes import ProcessSettings
from shared.settings import SettingsError, read

# The team whose queue and agent the banner shows.
SHOWN_TEAM = "ads"
Planner = Callable[[DataDirectory, Secrets, Mapping[str, str]], Plan]


class StopRequestedError(BaseException):
    """SIGINT, SIGTERM or SIGHUP was received. A BaseException, so that no `except Exception` catches it."""


def run(planner: Planner = make_plan) -> str | None:
    """Run the stack of `planner` until a signal; returns one line about an error, or None."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _request_stop)
    try:
        return _run(Path(os.environ.get("VIDARE_HOME") or ".local"), planner)
    except StopRequestedError:
        return None
    except LocalError as error:
        return str(error)
    except SettingsError as error:
        return "; ".join(error.problems)


def _run(folder: Path, planner: Planner) -> str | None:
    begun = time.monotonic()

    def show(line: str) -> None:
        print(f"[{time.monotonic() - begun:5.1f} s] {line}", flush=True)

    directory = open_data_directory(folder)
    show(f"setting up in {directory.folder}")
    plan = planner(directory, secrets_of(directory), os.environ)
    settings = read(ProcessSettings, plan.environment)
    (directory.folder / stack_file.NAME).unlink(missing_ok=True)
    end_orphans(directory.folder, directory.run)
    require_free(plan.bind, plan.ports)
    stack = Stack(directory, plan, settings, show)
    stack_file.write_environment(directory.folder, plan.environment)
    try:
        stack.start()
        if stack.people is not None:
            print(start_banner(plan, settings, stack.people), flush=True)
        stack.keep_alive()
    finally:
        _shield()
        show("stopping")
        stack.stop()
        show("stopped")
    return None


def _request_stop(number: int, frame: FrameType | None) -> None:
    raise StopRequestedError


def _shield() -> None:
    """Ignore signals while stopping: a second Ctrl-C must not interrupt it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def start_banner(plan: Plan, settings: ProcessSettings, people: People) -> str:
    """The text. It ends with the line `ready`, which scripts wait for."""
    lines = [
        "",
        f"  The form    {settings.intake_url}/help",
        *_queue(settings, people),
        f"  The mails   {settings.triage_url}/emails   or as files: {plan.maildir}/new",
        "",
        f"  Services    intake {settings.intake_url}   triage {settings.triage_url}   notify {settings.notify_url}",
        f"  Admin       {people.admin.email}   password: {people.admin.password}",
        "",
        "  Now fill in the form, or run make demo. Ctrl-C stops everything and keeps the data.",
        "ready",
    ]
    return "\n".join(lines)


def _queue(settings: ProcessSettings, people: People) -> list[str]:
    if not people.agents:
        return [f"  The queues  {settings.triage_url}/queues"]
    team = SHOWN_TEAM if SHOWN_TEAM in people.agents else next(iter(people.agents))
    agent = people.agents[team]
    return [
        f"  The queue   {settings.triage_url}/queues/{team}",
        f"              log in as {agent.email}   password: {agent.password}",
    ]
