"""Runs bulks as the worker does, chunk by chunk."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from services.triage.bulk.run_chunk import run_chunk
from tests.integration.triage.conftest import Caller, People, Triage

TRANSFER = {"kind": "transfer", "team": "billing", "reason": "It is about money."}
RESOLUTION = {"kind": "resolution", "outcome": "solved", "message": "It works again."}


class Bulks:
    """Starts bulks through the API and runs them."""

    def __init__(self, triage: Triage) -> None:
        self.triage = triage

    def start(self, caller: Caller, references: Sequence[str], action: dict[str, Any]) -> str:
        body = {"references": list(references), "action": action}
        return str(caller.post("/v1/tickets/bulk", body, 202)["id"])

    def run(self, bulk: str) -> None:
        """Run the remaining chunks."""
        step: int | None = self.triage.rows("select step from triage.bulks where id = :id", id=bulk)[0].step
        while step is not None:
            step = run_chunk(self.triage.engine, self.triage.rulesets, UUID(bulk), step)

    def do(self, caller: Caller, references: Sequence[str], action: dict[str, Any]) -> str:
        """Start a bulk and run it. Returns its id."""
        bulk = self.start(caller, references, action)
        self.run(bulk)
        return bulk

    def undo(self, caller: Caller, bulk: str) -> None:
        caller.post(f"/v1/bulk/{bulk}/undo", {}, 202)
        self.run(bulk)

    def results(self, caller: Caller, bulk: str) -> dict[str, tuple[str, str | None]]:
        """Status and reason by reference."""
        found = caller.get(f"/v1/bulk/{bulk}")
        return {one["reference"]: (one["status"], one["why"]) for one in found["results"]}


@pytest.fixture
def bulks(triage: Triage) -> Bulks:
    return Bulks(triage)


@pytest.fixture
def ads(people: People) -> Caller:
    return people("agent", "ads", name="Ada")
