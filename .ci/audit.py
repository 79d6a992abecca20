"""Holds the libraries that are served against the published list of known vulnerabilities (pip-audit).

Exit status 1 when one of them is on it. Where the list cannot be reached, wholly or for some, it says so and does not fail: that nothing
was found is then no news.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = "requirements-local.lock"
# Seconds for all of it, and for each single answer: about a hundred libraries are asked for.
PATIENCE, PATIENCE_EACH = 120, 5


def main() -> int:
    """Ask, tell, and return the exit status."""
    try:
        asked = subprocess.run(
            [
                *(sys.executable, "-m", "pip_audit", "--requirement", LOCK, "--require-hashes", "--disable-pip"),
                *("--format", "json", "--progress-spinner", "off", "--timeout", str(PATIENCE_EACH)),
            ],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        libraries = json.loads(asked.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return tell(unreached(f"no end after {PATIENCE} s"), 0)
    except (ValueError, KeyError):
        last = asked.stderr.strip().splitlines()[-1:] or ["no answer"]
        return tell(unreached(last[0][:300]), 0)
    return tell(*summarise(libraries))


def summarise(libraries: list[dict[str, Any]]) -> tuple[str, int]:
    """A summary of pip-audit's findings, and the exit status."""
    known = [
        f"  {library['name']} {library['version']}: {flaw['id']}, fixed in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for library in libraries
        for flaw in library.get("vulns", ())
    ]
    skipped = sum("skip_reason" in library for library in libraries)
    if known:
        return "\n".join([f"audit: KNOWN VULNERABILITIES in {LOCK}", *known]), 1
    if not libraries or skipped == len(libraries):
        return unreached(f"{skipped} of {len(libraries)} libraries were not found there"), 0
    less = f"; {skipped} could not be looked up" if skipped else ""
    return (
        f"audit: no known vulnerability in the {len(libraries) - skipped} libraries of {LOCK} that were looked up{less}",
        0,
    )


def unreached(because: str) -> str:
    """That nothing was audited, and why."""
    return f"audit: NOT DONE, the list of known vulnerabilities cannot be reached from here ({because})"


def tell(words: str, status: int) -> int:
    """Print, and pass the status on."""
    print(words, flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
