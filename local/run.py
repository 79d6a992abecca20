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
from local.plan import Plan, make_plan
from local.ports import require_free
from local.stack import Stack
from local.start_banner import start_banner
from shared.runtime.processes import ProcessSettings
from shared.settings import SettingsError, read

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
