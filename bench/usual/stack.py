"""`python -m bench.usual.stack`: the usual design's processes on the local stack's servers and supervisor."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.chaos.stack import plan_behind_proxies
from local.data_directory import DataDirectory, open_data_directory, secrets_of
from local.files import write_private
from local.plan import Plan
from local.ports import is_listening
from local.process import Launch, Process
from local.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]


def _launches(plan: Plan, directory: DataDirectory) -> list[Launch]:
    intake = ("bench.usual.intake", str(plan.base_port))
    workers = {name: directory.run / name for name in ("worker-triage", "worker-notify")}
    return [
        _launch(plan, directory, "intake", intake, partial(is_listening, "127.0.0.1", plan.base_port)),
        *(
            _launch(plan, directory, name, ("bench.usual.tasks", name.removeprefix("worker-"), str(up)), up.exists)
            for name, up in workers.items()
        ),
    ]


def _launch(
    plan: Plan, directory: DataDirectory, name: str, words: tuple[str, ...], answers: Callable[[], bool]
) -> Launch:
    return Launch(
        name=name,
        command=(sys.executable, "-m", *words),
        log=directory.logs / f"{name}.log",
        environment={**plan.environment, "PYTHONUNBUFFERED": "1"},
        directory=ROOT,
        answers=answers,
    )


def main() -> None:
    """Serve until SIGTERM."""
    begun = time.monotonic()

    def show(line: str) -> None:
        print(f"[{time.monotonic() - begun:5.1f} s] {line}", flush=True)

    directory = open_data_directory(Path(os.environ["VIDARE_HOME"]))
    plan = plan_behind_proxies(directory, secrets_of(directory), os.environ)
    supervisor = Supervisor(show, lambda: _tell(directory.folder, plan, supervisor))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    names = []
    try:
        for launch in [*plan.servers, *_launches(plan, directory)]:
            process = Process(launch)
            supervisor.keep(process)
            names.append(launch.name)
            process.start()
            process.wait_until_it_answers()
        _tell(directory.folder, plan, supervisor)
        show("everything serves")
        print("ready", flush=True)
        supervisor.run()
    finally:
        supervisor.stop(names[::-1], 10.0)


def _tell(folder: Path, plan: Plan, supervisor: Supervisor) -> None:
    """Write the part of stack.json that a run reads, and the environment file."""
    given = plan.environment
    told = {
        "intake_url": given["VIDARE_INTAKE_URL"],
        "maildir": str(plan.maildir),
        "pids": supervisor.pids(),
        "redis_url": given["VIDARE_REDIS_URL"],
        "database_url": given["VIDARE_DATABASE_URL"],
    }
    write_private(folder / "stack.json", json.dumps(told))
    write_private(folder / "environment", "".join(f"{name}={value}\n" for name, value in given.items()))


if __name__ == "__main__":
    main()
