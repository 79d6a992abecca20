"""A copy of the source, to which a test adds something, and a process that runs in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers_of_a_run import ROOT


def copy_source(to: Path) -> Path:
    for folder in ("services", "shared"):
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def insert(copy: Path, name: str, before: str, text: str) -> None:
    """Insert `text` before the only occurrence of `before` in the file."""
    content = (copy / name).read_text(encoding="utf-8")
    assert content.count(before) == 1, f"{name}: {before!r}"
    (copy / name).write_text(content.replace(before, text + before), encoding="utf-8")


def run_in(copy: Path, program: str) -> str:
    """What `program` prints, in a process that imports from the copy. It reaches no server."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIDARE_")}
    environment |= {
        "PYTHONPATH": str(copy),
        "VIDARE_DATABASE_URL": "postgresql://u@127.0.0.1:1/none",
        "VIDARE_REDIS_URL": "redis://127.0.0.1:1/0",
        "VIDARE_SECRET": "a-secret-of-the-tests-alone",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
