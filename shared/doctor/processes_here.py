"""Our own processes, when they run on this machine."""

from collections.abc import Iterator

from shared.doctor.finding import Finding, Question, critical, ok
from shared.runtime.heartbeat import file_of
from shared.runtime.liveness import serves
from shared.runtime.processes import PROCESSES, Beat, ProcessSettings, Worker


def questions(settings: ProcessSettings) -> Iterator[Question]:
    """One question about all of them."""
    yield Question("processes", lambda: _processes(settings))


def _processes(settings: ProcessSettings) -> Finding:
    """Skipped in containers, which have one process and its own health check each."""
    ticking = [each for each in PROCESSES if isinstance(each, Worker | Beat) and file_of(settings, each.name).exists()]
    if len(ticking) < 2:
        return ok("not all on this machine; their health checks tell (docker compose ps)")
    silent = [each.name for each in PROCESSES if not serves(each, settings)]
    if silent:
        return critical(
            f"silent: {', '.join(silent)}", "look at their logs; whoever starts them should start them again"
        )
    return ok(f"all {len(PROCESSES)} serve")
