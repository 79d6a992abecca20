"""Forks processes that do one piece of work each, off a warm one that has our modules loaded: `python -m tests.faults.crashes.forking`.

A line of JSON comes in for each: the work's name, arguments and environment. A line goes out: the exit status, and the work's result,
which is what a client received.
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.servers_of_a_run import ROOT


@dataclass(frozen=True)
class End:
    """How a process ended, and its work's result; None where it died first."""

    status: int
    result: Any


class Forker:
    """The warm process and its pipes."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crashes.forking"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, work: str, environment: Mapping[str, str], *arguments: Any) -> End:
        """Run `works.<work>(*arguments)` in a process of its own."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([work, arguments, dict(environment)]) + "\n")
        self._process.stdin.flush()
        return End(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()


def _serve() -> None:
    from tests.faults.crashes import works

    works.warm_up()
    for line in sys.stdin:
        name, arguments, environment = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _do(getattr(works, name), arguments, environment, writing)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            result = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"status": status, "result": json.loads(result) if result else None}), flush=True)


def _do(work: Any, arguments: list[Any], environment: dict[str, str], writing: int) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what the work prints must not be read as its result
    os.environ.update(environment)
    try:
        os.write(writing, json.dumps(work(*arguments)).encode())
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    _serve()
