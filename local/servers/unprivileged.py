"""PostgreSQL refuses to run as root. Then it runs as another user, even when its files lie in a folder of root's."""

import os
import pwd
import shutil
import signal
from functools import cache
from pathlib import Path

from local.errors import LocalError

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETPCAP = 1, 2, 8  # linux/capability.h


def prefix(death_signal: signal.Signals) -> tuple[str, ...]:
    """The words before a command that make it run as another user; none unless this process is root.

    The kernel forgets the parent-death signal when the user changes, so setpriv(1) sets `death_signal` anew. The one
    capability lets it walk through folders that only root may enter (a clone under /root).
    """
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        raise LocalError("as root, PostgreSQL needs setpriv (Debian: util-linux): install it or run as another user")
    account = _account()
    words = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    capability = _passage()
    if capability:
        words += [f"--inh-caps=-all,+{capability}", f"--ambient-caps=-all,+{capability}"]
        if _holds(CAP_SETPCAP):
            # access(2), by which initdb looks for its programs, heeds a user's capabilities only with this bit.
            words += ["--securebits=+no_setuid_fixup"]
    return (*words, f"--pdeathsig={death_signal.name.removeprefix('SIG')}", "--")


def change_owner(path: Path) -> None:
    """Give `path` to the user that `prefix` runs as, with what is in it."""
    if os.geteuid() != 0 or path.stat().st_uid == _account().pw_uid:
        return
    account = _account()
    for each in (path, *path.rglob("*")):
        os.chown(each, account.pw_uid, account.pw_gid, follow_symlinks=False)


@cache
def _account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LocalError("as root, PostgreSQL needs a user postgres or nobody: make one or run as another user")


def _passage() -> str | None:
    """The weakest capability that opens other users' folders; a container may have dropped both."""
    if _holds(CAP_DAC_READ_SEARCH):
        return "dac_read_search"
    return "dac_override" if _holds(CAP_DAC_OVERRIDE) else None


def _holds(capability: int) -> bool:
    held = int(Path("/proc/self/status").read_text().partition("CapEff:")[2].split()[0], 16)
    return bool(held & 1 << capability)
