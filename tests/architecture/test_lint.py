"""The linters, as tests: one command, one summary."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent

COMMANDS = {
    "types": ["mypy", "--no-error-summary", "shared", "services", "local", "bench", "tests"],
    "lint": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "imports": ["lint-imports"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_finds_no_fault(name: str) -> None:
    program, *arguments = COMMANDS[name]
    made = subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, capture_output=True, text=True)
    if made.returncode:
        pytest.fail(f"{program} {' '.join(arguments)}\n{made.stdout}{made.stderr}", pytrace=False)
