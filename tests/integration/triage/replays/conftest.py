"""Runs replays as the worker does, chunk by chunk."""

from typing import Any
from uuid import UUID

import pytest

from services.triage.replays.replay_chunk import replay_chunk
from services.triage.rules.document.seed import seed_document
from tests.integration.triage.conftest import Caller, People, Triage


def document(*rules: dict[str, Any]) -> dict[str, Any]:
    """The default ruleset with these rules instead of its own."""
    return {**seed_document(), "rules": list(rules)}


def run_all(triage: Triage, replay: str) -> None:
    """Run the remaining chunks."""
    step: int | None = triage.rows("select step from triage.replays where id = :id", id=replay)[0].step
    while step is not None:
        step = replay_chunk(triage.engine, triage.rulesets, UUID(replay), step)


@pytest.fixture
def admin(people: People) -> Caller:
    return people("admin", name="Berit")
