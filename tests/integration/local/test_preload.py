"""What is imported before the local stack forks: all that a process runs, and nothing that a fork would break."""

import json
import subprocess
import sys

from shared.runtime.processes import PROCESSES, Daemon, Web, Worker
from tests.servers_of_a_run import ROOT

PROGRAM = """
import json, os, sys
from importlib import import_module
from prometheus_client import generate_latest
from local.preload import preload
from shared.runtime.processes import PROCESSES, SERVICES, ProcessSettings, settings_of
from shared.settings import read

preload(PROCESSES, read(ProcessSettings))
sockets = [name for name in os.listdir("/proc/self/fd") if os.path.realpath(f"/proc/self/fd/{name}").startswith("socket")]
metrics = [line for line in generate_latest().decode().splitlines() if "vidare" in line]
opened = []
sys.addaudithook(lambda event, found: opened.append(str(found[0])) if event == "open" else None)
for service in SERVICES:
    deps = import_module(f"services.{service}.deps").bootstrap(settings_of(service), application="test", pool_size=1)
    deps.store.presign("key", "name", 10, "text/plain")
    deps.catalog
data = [name for name in opened if name.endswith((".yaml", ".json", ".json.gz"))]
found = {"threads": len(os.listdir("/proc/self/task")), "sockets": sockets, "data": data, "metrics": metrics}
print(json.dumps({**found, "modules": sorted(sys.modules)}))
"""


def test_it_loads_what_every_process_runs_and_starts_no_thread_and_no_connection(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    assert found["threads"] == 1
    assert found["sockets"] == []
    assert found["metrics"] == [], "each service serves its own"
    assert found["data"] == [], "the catalogue, the model of the store's API"
    needed = {each.module for each in PROCESSES if isinstance(each, Daemon)}
    needed |= {each.target for each in PROCESSES if isinstance(each, Web)}
    needed |= {
        f"services.{service}.worker" for each in PROCESSES if isinstance(each, Worker) for service in each.services
    }
    assert needed <= set(found["modules"])
