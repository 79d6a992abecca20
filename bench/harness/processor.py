"""Processor time."""

import psutil


def core_seconds(leader: int) -> float:
    """Seconds of a core, in user and system mode, that the process `leader` and its descendants have used so far. Those of an ended child
    count once its parent has waited for it."""
    used = 0.0
    process = psutil.Process(leader)
    for each in (process, *process.children(recursive=True)):
        times = each.cpu_times()
        used += (
            times.user + times.system + getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
        )
    return used
