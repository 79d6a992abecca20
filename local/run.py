"""What `make run` does, from the first check to the last process."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from local import stack_file
from local.data_directory import Home, Secrets, open_home, secrets_of
from local.errors import LocalError
from local.orphans import end_leftovers
from local.plan import Plan, make_plan
from local.ports import require_free
from local.stack import Stack
from local.start_banner import card
from shared.runtime.processes import ProcessSettings
from shared.settings import SettingsError, read

Planner = Callable[[Home, Secrets, Mapping[str, str]], Plan]


class StopRequestedError(BaseException):
    """SIGINT, SIGTERM or SIGHUP came; a BaseException, so that nothing on the way swallows it."""


def run(planner: Planner = make_plan) -> str | None:
    """Serve what `planner` plans until told to stop; returns one line about what went wrong, or None."""
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

    def say(line: str) -> None:
        print(f"[{time.monotonic() - begun:5.1f} s] {line}", flush=True)

    home = open_home(folder)
    say(f"setting up in {home.folder}")
    plan = planner(home, secrets_of(home), os.environ)
    settings = read(ProcessSettings, plan.environment)
    (home.folder / stack_file.NAME).unlink(missing_ok=True)
    end_leftovers(home.folder, home.run)
    require_free(plan.bind, plan.ports)
    stack = Stack(home, plan, settings, say)
    stack_file.write_environment(home.folder, plan.environment)
    try:
        stack.start()
        if stack.people is not None:
            print(card(plan, settings, stack.people), flush=True)
        stack.keep_alive()
    finally:
        _shield()
        say("stopping")
        stack.stop()
        say("stopped")
    return None


def _request_stop(number: int, frame: FrameType | None) -> None:
    raise StopRequestedError


def _shield() -> None:
    """Stopping takes its time; a second Ctrl-C must not leave half of it undone."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
