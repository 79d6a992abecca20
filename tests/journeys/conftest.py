"""The whole system, as `make run` starts it, for tests that walk through it from outside.

stack   (session) the parsed stack.json of a running `python -m local`;
        `stack["pids"]`, `stack["intake_url"]`, `stack["admin"]["token"]`, `stack["agents"]["ads"]` …
        One stack serves all pytest-xdist workers of a run; tests must not count on being alone in it, nor stop it.
        Limits are off (VIDARE_LIMIT_* empty) so that no test uses up another's; webhooks may call this machine.
"""

import fcntl
from typing import Any

import pytest

from local.ports import free_base
from tests import running_stack
from tests.servers_of_a_run import run_of, to_end

LIMITS = ("SUBMISSIONS", "NOTES", "FOLLOW_UPS", "LOGINS", "REFUSED", "ACKNOWLEDGEMENTS")


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> dict[str, Any]:
    run, owner = run_of(request.config)
    folder = run / "stack"
    with (run / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "stack.json").exists():
            unlimited = {f"VIDARE_LIMIT_{name}": "" for name in LIMITS} | {"VIDARE_WEBHOOK_ALLOW_PRIVATE": "1"}
            process = running_stack.start(folder, free_base(), owner, unlimited)
            to_end(run, process.pid)
    return running_stack.told(folder)
