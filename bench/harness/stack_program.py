"""A local stack as a program: started as `make run` starts it, without limits, until it is stopped."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from shared.runtime.parent_death import end_with_parent

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 240.0  # seconds; a busy machine
STOP_WITHIN = 40.0  # seconds; a stack may take 30
LOOK_EVERY = 0.02
# One machine sends everything: with limits per network and address a run would measure only those.
LIMITS = ("SUBMISSIONS", "NOTES", "FOLLOW_UPS", "LOGINS", "REFUSED", "ACKNOWLEDGEMENTS", "QUICK_FORMS")


class StackProgram:
    """`python -m MODULE` on the data in `folder`, with the ports from `base` on. Start and stop it in the main thread."""

    def __init__(self, folder: Path, base: int, module: str, settings: Mapping[str, str]) -> None:
        """`settings`: further VIDARE_* variables; those of this process do not count."""
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "stack.log"
        given = {name: value for name, value in os.environ.items() if not name.startswith("VIDARE_")}
        given |= {f"VIDARE_LIMIT_{name}": "" for name in LIMITS}
        given |= {"VIDARE_HOME": str(folder), "VIDARE_BASE_PORT": str(base), **settings}
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env=given,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(end_with_parent, 15, os.getpid()),
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Return when it serves. Raises RuntimeError with its log if it does not."""
        deadline = time.monotonic() + START_WITHIN
        while "\nready\n" not in self._log.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the stack did not start:\n{self._log.read_text()}")
            time.sleep(LOOK_EVERY)

    def stop(self) -> None:
        """Stop it, and return when it has ended."""
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
