"""A process that runs a bulk, for a test to kill: `python -m tests.integration.triage.bulk.run_bulk <id>`."""

import sys
from uuid import UUID

from services.triage.bulk.run_chunk import run_chunk
from services.triage.rulesets.stored import StoredRulesets
from shared.catalog import load
from shared.settings import DEFAULT_TEAMS, PlatformSettings, read
from shared.storage.database import make_engine


def main(bulk: UUID) -> None:
    """Run all chunks."""
    engine = make_engine(read(PlatformSettings), application="vidare-triage-worker")
    rulesets = StoredRulesets(load(), DEFAULT_TEAMS)
    step: int | None = 0
    while step is not None:
        step = run_chunk(engine, rulesets, bulk, step)


if __name__ == "__main__":
    main(UUID(sys.argv[1]))
