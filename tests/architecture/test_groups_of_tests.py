"""Tests of one group run on one worker: pytest and pytest-xdist must agree on how a group is told."""

import subprocess
import sys
from pathlib import Path

GROUPED = """
import os, pathlib, pytest

@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(12))
def test_one(number):
    with (pathlib.Path(__file__).parent / "workers").open("a") as seen:
        seen.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")
"""


def test_a_group_stays_on_one_worker(tmp_path: Path) -> None:
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    options = f"-q -n 2 --dist loadgroup --rootdir {tmp_path} test_grouped.py"
    command = [sys.executable, "-m", "pytest", *options.split()]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    seen = (tmp_path / "workers").read_text().split()
    assert len(seen) == 12
    assert len(set(seen)) == 1
