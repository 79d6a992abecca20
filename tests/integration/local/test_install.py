"""local/install.sh says in one line which Python is wanted and what it lacks."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.servers_of_a_run import ROOT

# Answers as the interpreter that it plays: whether the version suits, whether it has venv, what it is called.
FAKE_PYTHON = """#!/bin/bash
case "$2" in
  *version_info*) exit {suits} ;;
  *ensurepip*) exit {has_venv} ;;
  *) echo "Python {version}" ;;
esac
"""


def install(folder: Path, suits: int, has_venv: int, version: str) -> subprocess.CompletedProcess[str]:
    programs = folder / "programs"
    programs.mkdir()
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        (programs / name).write_text(FAKE_PYTHON.format(suits=suits, has_venv=has_venv, version=version))
        (programs / name).chmod(0o755)
    return subprocess.run(
        [ROOT / "local" / "install.sh", folder / "venv", ROOT / "requirements-local.lock"],
        env={"PATH": f"{programs}:{os.environ['PATH']}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_without_a_suitable_python_it_names_the_versions(tmp_path: Path) -> None:
    made = install(tmp_path, suits=1, has_venv=0, version="3.10.2")
    assert made.returncode == 1
    assert made.stderr.startswith("vidare: no Python 3.11, 3.12 or 3.13 found (Python 3.10.2)")
    assert len(made.stderr.splitlines()) == 1


def test_without_the_venv_module_it_names_the_package(tmp_path: Path) -> None:
    made = install(tmp_path, suits=0, has_venv=1, version="3.13.5")
    assert made.returncode == 1
    assert (
        made.stderr == "vidare: python3.13 has no venv module; install it (Debian, Ubuntu: apt install python3-venv)\n"
    )


@pytest.mark.parametrize("target", ["run", "test", "demo", "bench", "chaos", "lint"])
def test_every_promised_command_is_there(target: str) -> None:
    made = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
