"""What work costs the processor."""

import psutil


def core_seconds(leader: int) -> float:
    """Seconds of a core, in user and system mode, that the process `leader` and all below it have used so far; those of a child that has
    ended count once its parent has asked for its end."""
    used = 0.0
    process = psutil.Process(leader)
    for each in (process, *process.children(recursive=True)):
        times = each.cpu_times()
        used += (
            times.user + times.system + getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
        )
    return used
