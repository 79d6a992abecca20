"""Processor time."""

import psutil


def core_seconds(leader: int) -> float:
    """Seconds of a core, in user and system mode, that the process `leader` and its descendants have used so far. Those of an ended child
    count once its parent has waited for it."""
    process = psutil.Process(leader)
    return sum(used_by(each) for each in (process, *process.children(recursive=True)))


def used_by(process: psutil.Process) -> float:
    """As `core_seconds`, of this process and the children that it has waited for."""
    times = process.cpu_times()
    ended = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + ended)
