"""End a child with its parent, also when the parent is killed with -9."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(with_signal: int = signal.SIGKILL, parent: int | None = None) -> None:
    """Ask the kernel to send this process `with_signal` when the thread that forked it ends (prctl(2)).

    `parent` is the parent's pid as it was before the fork: if it is gone already, this process ends at once.
    Elsewhere than on Linux it does nothing; there the next start of the local stack clears up.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)
