"""What a killed stack left behind is ended before the next start; strangers are not."""

import json
import subprocess
import sys
from pathlib import Path

import psutil

from local.orphans import end_orphans, remember
from local.process import Launch, Process
from tests.polling import eventually

# The leader dies, its child stays: what the kernel does not clear up.
LEAVES_A_CHILD = """
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
"""


def test_the_child_of_a_dead_process_is_ended(tmp_path: Path) -> None:
    log = tmp_path / "leader.log"
    process = Process(Launch("leader", (sys.executable, "-c", LEAVES_A_CHILD), log, lambda: True))
    process.start()
    child = psutil.Process(int(eventually(log.read_text)))
    remember(tmp_path, [process])
    eventually(lambda: not process.alive())
    assert child.is_running()
    end_orphans(tmp_path, tmp_path)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_stranger_that_was_given_a_remembered_pid_is_spared(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    (tmp_path / "processes.json").write_text(json.dumps({str(stranger.pid): 1.0}))
    end_orphans(tmp_path, tmp_path)
    assert stranger.poll() is None
    stranger.communicate(b"\n")
