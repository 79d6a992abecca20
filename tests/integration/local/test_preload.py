"""What is imported before the local stack forks: all that a process runs, and nothing that a fork would break."""

import json
import subprocess
import sys

from shared.runtime.processes import PROCESSES, Daemon, Web, Worker
from tests.servers_of_a_run import ROOT

PROGRAM = """
import json, os, sys
from local.preload import preload
from shared.runtime.processes import PROCESSES

preload(PROCESSES)
sockets = [name for name in os.listdir("/proc/self/fd") if os.path.realpath(f"/proc/self/fd/{name}").startswith("socket")]
print(json.dumps({"threads": len(os.listdir("/proc/self/task")), "sockets": sockets, "modules": sorted(sys.modules)}))
"""


def test_it_imports_every_process_and_starts_no_thread_and_no_connection() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["threads"] == 1
    assert found["sockets"] == []
    needed = {each.module for each in PROCESSES if isinstance(each, Daemon)}
    needed |= {f"services.{each.service}.app" for each in PROCESSES if isinstance(each, Web)}
    needed |= {
        f"services.{service}.worker" for each in PROCESSES if isinstance(each, Worker) for service in each.services
    }
    assert needed <= set(found["modules"])
