"""Processes of a measurement: ours, started as by the local stack, and the ceilings."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil

from local.ports import is_listening
from shared.runtime.liveness import serves
from shared.runtime.parent_death import end_with_parent
from shared.runtime.processes import ProcessSettings, process
from shared.settings import read

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN, STOP_WITHIN = 60.0, 30.0  # seconds
# In a container every process is root.
_NOT_NEWS = "ignore:You're running the worker with superuser privileges"


@contextmanager
def ours(name: str, environment: Mapping[str, str], **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of our processes (shared.runtime.processes), until the block ends."""
    given = {**environment, **more}
    settings = read(ProcessSettings, given)
    with program(["-m", "shared.runtime.serve", name], given, lambda: serves(process(name), settings)) as started:
        yield started


@contextmanager
def ceiling(module: str, port: int, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m MODULE PORT`, once it listens, until the block ends."""
    with program(["-m", module, str(port)], environment, lambda: is_listening("127.0.0.1", port)) as started:
        yield started


@contextmanager
def program(
    words: Sequence[str],
    environment: Mapping[str, str],
    is_up: Callable[[], bool],
    *,
    python: str = sys.executable,
    folder: Path = ROOT,
) -> Iterator[subprocess.Popen[bytes]]:
    """`python WORDS…` in `folder`, once `is_up` is true, until the block ends. Raises RuntimeError if it does not start."""
    started = subprocess.Popen(
        [python, *words],
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": _NOT_NEWS, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=partial(end_with_parent, 15, os.getpid()),
    )
    try:
        deadline = time.monotonic() + START_WITHIN
        while not is_up():
            if started.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join(words)} did not start")
            time.sleep(0.05)
        yield started
    finally:
        _end(started)


def _end(program: subprocess.Popen[bytes]) -> None:
    """Stop it by SIGTERM, then kill it and its descendants: a Celery worker may not end."""
    family = psutil.Process(program.pid).children(recursive=True)
    program.terminate()
    try:
        program.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
    for below in family:
        with suppress(psutil.NoSuchProcess):
            below.kill()
