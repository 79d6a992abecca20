"""Named places where a test may kill the process, at the edge between two effects.

`VIDARE_CRASH_AT=<name>` makes the process die there as if it had been killed: no clean-up, no buffers flushed.
"""

import os

_CRASH_AT = os.environ.get("VIDARE_CRASH_AT", "")


def crash_point(name: str) -> None:
    """Die at once with status 137 (128 + SIGKILL) when this is the place that `VIDARE_CRASH_AT` names."""
    if _CRASH_AT and name == _CRASH_AT:
        os._exit(137)
