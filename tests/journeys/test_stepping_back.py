"""Where cores are short, what nobody waits for lets the others go first."""

import os
from typing import Any

import psutil
import pytest

from shared.runtime.processes import PROCESSES, Worker

WORKERS = [each for each in PROCESSES if isinstance(each, Worker)]


@pytest.mark.parametrize("worker", WORKERS, ids=lambda worker: worker.name)
def test_a_worker_and_its_children_are_as_nice_as_they_should_be(stack: dict[str, Any], worker: Worker) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    leader = psutil.Process(stack["pids"][worker.name])
    assert {each.nice() - ours for each in (leader, *leader.children())} == {worker.niceness}
    assert worker.niceness == (10 if worker.name == "worker-slow" else 0)
