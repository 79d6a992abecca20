"""A short `make chaos`: a whole stack, submissions, one fault of each main kind, and the checker."""

from pathlib import Path

import pytest

from bench.chaos.faults import main_faults
from bench.chaos.page import summary
from bench.chaos.run import Plan, run
from local.ports import free_base


@pytest.mark.xdist_group("whole-stack")  # two stacks at a time are too much for two cores
def test_nothing_is_lost_or_doubled_whatever_dies(tmp_path: Path) -> None:
    plan = Plan(seconds=70, submissions=280, seed=7, faults=main_faults(), pause=1.5, catch_up=0.0)
    lines: list[str] = []
    outcome = run(tmp_path / "stack", free_base(), plan, lines.append)
    told = "\n".join([*lines, *summary(outcome)])
    assert outcome.findings.kept, told
    assert outcome.findings.accepted == plan.submissions, told
    assert len(outcome.spans) == len(main_faults()), told
