"""Files that workers and beat touch while they are alive, for health checks."""

import time
from pathlib import Path

from shared.runtime.processes import ProcessSettings

EVERY = 5.0  # seconds between two touches
STALE = 30.0  # seconds; a busy machine may delay a touch or two


def file_of(settings: ProcessSettings, name: str) -> Path:
    """The file of the process `name`."""
    return settings.heartbeats / name


def touch(file: Path) -> None:
    """Show that the process is alive."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.touch()


def is_fresh(file: Path) -> bool:
    """Whether it was touched lately."""
    try:
        return time.time() - file.stat().st_mtime < STALE
    except FileNotFoundError:
        return False
