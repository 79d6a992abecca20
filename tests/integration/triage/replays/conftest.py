"""Replays driven as their worker drives them: chunk by chunk until none is left."""

from typing import Any
from uuid import UUID

import pytest

from services.triage.replays.replay_chunk import replay_chunk
from services.triage.rules.document.seed import seed_document
from tests.integration.triage.conftest import Caller, People, Triage


def document(*rules: dict[str, Any]) -> dict[str, Any]:
    """The seed with these rules in place of its own."""
    return {**seed_document(), "rules": list(rules)}


def run_all(triage: Triage, replay: str) -> None:
    """Every chunk that is left."""
    step: int | None = triage.rows("select step from triage.replays where id = :id", id=replay)[0].step
    while step is not None:
        step = replay_chunk(triage.engine, triage.rulesets, UUID(replay), step)


@pytest.fixture
def admin(people: People) -> Caller:
    return people("admin", name="Berit")
