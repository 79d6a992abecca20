"""`python -m tests.ending_with PID COMMAND …` runs COMMAND until SIGTERM, or until the process PID is gone."""

import signal
import subprocess
import sys
import threading

import psutil

from shared.runtime.parent_death import end_with_parent


def main(owner: int, command: list[str]) -> int:
    """The exit code of COMMAND."""
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: told.set())
    process = subprocess.Popen(command, preexec_fn=lambda: end_with_parent(signal.SIGTERM))
    while process.poll() is None:
        if told.wait(0.3) or not psutil.pid_exists(owner):
            process.terminate()
            return process.wait()
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
