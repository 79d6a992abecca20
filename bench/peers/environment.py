"""A peer's environment: made at its first use, in the user's cache, and kept."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PATIENCE = 600.0  # seconds that pip may take


class NotInstalled(Exception):
    """The peer cannot be installed here; the message says why."""


def python_of(peer: str) -> str:
    """The interpreter of an environment with what `<peer>.txt` pins. Raises NotInstalled."""
    pins = HERE / f"{peer}.txt"
    version = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = _cache() / f"{peer}-{version}"
    python, installed = folder / "bin" / "python", folder / "installed"
    if not installed.exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(pins))
        installed.touch()
    return str(python)


def version_of(peer: str) -> str:
    """The version of the peer that is pinned."""
    lines = (HERE / f"{peer}.txt").read_text().splitlines()
    return next(line.partition("==")[2] for line in lines if line.startswith(f"{peer}=="))


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "vidare-bench"


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(str(error)) from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()] or done.stderr.splitlines()
        raise NotInstalled(lines[-1].strip() if lines else f"{' '.join(command)} failed")
