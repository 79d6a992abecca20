"""What the processes of a stack use: processor time and memory."""

from collections.abc import Mapping

import psutil

from bench.harness.processor import used_by
from bench.whole.stack import WholeStack

Seconds = Mapping[str, float]


def processor_seconds(stack: WholeStack) -> Seconds:
    """Core-seconds that each process and its descendants have used, those of ended children included."""
    used: dict[str, float] = {}
    for name, family in stack.families().items():
        used[name] = sum(_used(each) for each in family)
    return used


def _used(process: psutil.Process) -> float:
    try:
        return used_by(process)
    except psutil.NoSuchProcess:
        return 0.0


def between(before: Seconds, after: Seconds) -> Seconds:
    return {name: after[name] - before.get(name, 0.0) for name in after}


def proportional_memory(stack: WholeStack) -> Mapping[str, float]:
    """MiB of each process and its descendants, shared pages divided among those that share them (PSS)."""
    found: dict[str, float] = {}
    for name, family in stack.families().items():
        found[name] = sum(_pss(each.pid) for each in family) / 1024
    return found


def _pss(pid: int) -> int:
    """KiB; 0 for a process that has ended."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as lines:
            return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    except OSError:
        return 0
