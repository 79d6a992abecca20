"""`vidare rules replay`, as a pipeline uses it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from sqlalchemy import text

from services.triage.cli.rules import rules
from services.triage.rules.document.seed import seed_document
from tests.integration.triage.conftest import Triage
from tests.polling import eventually

Run = Callable[..., Result]


@pytest.fixture
def run(environment: dict[str, str], clean_database: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(rules, [str(word) for word in words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    invoices = {"id": "x", "when": {"field": "message", "contains_any": ["invoice"]}, "then": {"team": "billing"}}
    seed = dict(seed_document())
    path.write_text(yaml.safe_dump({**seed, "rules": [invoices]}))
    return path


def test_the_exit_status_is_the_answer(run: Run, file: Path, triage: Triage) -> None:
    triage.submit("ads/metrics", message="invoice")
    for _ in range(3):
        triage.submit("ads/metrics", message="hello")
    result = run("replay", file, "--days", 30, "--fail-over", "25%")
    assert result.exit_code == 0, result.output
    assert "ruleset 2: 4 of 4 tickets, 100%" in result.stderr
    assert "1 of 4 tickets would change" in result.stdout
    assert "ads -> billing: 1" in result.stdout
    result = run("replay", file, "--fail-over", "24%")
    assert result.exit_code == 1
    assert "more than 24.0%" in result.stderr
    assert run("replay", file).exit_code == 0


def test_a_file_is_saved_once_and_the_newest_draft_is_the_default(run: Run, file: Path, triage: Triage) -> None:
    assert run("replay").exit_code == 2
    run("replay", file)
    run("replay", file)
    result = run("replay")
    assert "ruleset 2, 30 days: 0 of 0 tickets would change" in result.stdout
    assert [row.number for row in triage.rows("select number from triage.rulesets order by 1")] == [1, 2]
    assert "ruleset 1, 7 days" in run("replay", "1", "--days", 7).stdout


@pytest.mark.parametrize(
    "words", [["99"], ["nowhere.yaml"], ["1", "--fail-over", "lots"], ["1", "--fail-over", "150%"]]
)
def test_a_replay_that_fails_is_neither_an_answer_nor_a_traceback(run: Run, words: list[str]) -> None:
    result = run("replay", *words)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert "Traceback" not in result.output


def test_a_file_with_errors_is_refused_and_not_saved(run: Run, file: Path, triage: Triage) -> None:
    file.write_text(file.read_text().replace("team: billing\n  when", "team: nobody\n  when"))
    result = run("replay", file)
    assert result.exit_code == 2
    assert "document.rules[0].then.team" in result.stderr
    assert len(triage.rows("select 1 from triage.rulesets")) == 1


def test_an_interrupted_replay_is_cancelled(environment: dict[str, str], run: Run, file: Path, triage: Triage) -> None:
    """By Ctrl-C in a terminal, while no workers run."""
    run("import", file, "--comment", "x")
    command = [sys.executable, "-c", "from shared.cli import main; main()", "rules", "replay", "2"]
    with triage.engine.begin() as held:
        # Nothing of it can be done meanwhile.
        held.execute(text("lock table triage.tickets in access exclusive mode"))
        started = subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True)
        eventually(lambda: triage.rows("select 1 from triage.replays"), within=60)
        started.send_signal(signal.SIGINT)
        said = started.communicate(timeout=60)[1]
    assert started.returncode == 130, said
    assert "cancelled" in said
    assert [row.state for row in triage.rows("select state from triage.replays")] == ["cancelled"]


def test_a_replay_outlasts_a_lock_that_others_hold(
    environment: dict[str, str], run: Run, file: Path, triage: Triage, tmp_path: Path
) -> None:
    """Longer than the statement's time-out: such a chunk is done again."""
    run("import", file, "--comment", "x")
    command = [sys.executable, "-c", "from shared.cli import main; main()", "rules", "replay", "2"]
    said = tmp_path / "said"
    with said.open("w") as output:
        with triage.engine.begin() as held:
            held.execute(text("lock table triage.tickets in access exclusive mode"))
            started = subprocess.Popen(command, env={**os.environ, **environment}, stderr=output)
            eventually(lambda: "LockNotAvailable" in said.read_text())
        assert started.wait(60) == 0, said.read_text()
    assert [row.state for row in triage.rows("select state from triage.replays")] == ["done"]
