"""The machine of a measurement."""

import os
import platform
from pathlib import Path


def machine() -> str:
    """A description of this machine, without its name."""
    cpus = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = [int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    parts = [
        f"{os.cpu_count()} cores",
        *(cpus[:1]),
        *(f"{kib / 2**20:.0f} GiB" for kib in memory),
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
    ]
    return ", ".join(parts) + "; load generator, servers and all of our processes on these cores"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
