"""An error at the start is one line and a non-zero exit status, with nothing left running."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.__main__ import complaint
from local.ports import free_base
from tests.servers_of_a_run import ROOT


def start(folder: str, *, options: tuple[str, ...] = (), **variables: str) -> tuple[int, list[str]]:
    """The exit code and the lines of standard error of a start that must fail."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIDARE_")}
    made = subprocess.run(
        [sys.executable, *options, "-m", "local"],
        cwd=ROOT,
        env={**environment, "VIDARE_HOME": folder, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return made.returncode, made.stderr.splitlines()


def test_a_port_in_use_is_named_with_its_owner_to_be(tmp_path: Path) -> None:
    base = free_base()
    with socket.create_server(("127.0.0.1", base + 11)):
        code, lines = start(str(tmp_path), VIDARE_BASE_PORT=str(base))
    assert code == 1
    assert lines == [
        f"vidare: already in use on 127.0.0.1: port {base + 11} (redis); stop what listens there or set VIDARE_BASE_PORT"
    ]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    code, lines = start(str(tmp_path / "file" / "data"))
    assert code == 1
    assert len(lines) == 1
    assert f"cannot write to {tmp_path / 'file' / 'data'}" in lines[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    code, lines = start(str(tmp_path))
    assert (code, len(lines)) == (1, 1)
    assert f"cannot write to {tmp_path}: Permission denied" in lines[0]


def test_a_second_stack_in_the_same_directory_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with (tmp_path / "run" / "lock").open("w") as lock:
        lock.write("4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, lines = start(str(tmp_path))
    assert (code, lines) == (1, [f"vidare: a stack runs already in {tmp_path} (pid 4711)"])


def test_a_base_port_that_is_none_is_refused(tmp_path: Path) -> None:
    code, lines = start(str(tmp_path), VIDARE_BASE_PORT="eighty")
    assert (code, len(lines)) == (1, 1)
    assert "VIDARE_BASE_PORT is 'eighty'" in lines[0]


def test_all_bad_settings_are_named_together(tmp_path: Path) -> None:
    code, lines = start(str(tmp_path), VIDARE_BASE_PORT=str(free_base()), VIDARE_TEAMS="A b", VIDARE_SECRET="short")
    assert (code, len(lines)) == (1, 1)
    assert "VIDARE_TEAMS" in lines[0]
    assert "VIDARE_SECRET" in lines[0]


def test_damaged_secrets_are_reported(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    code, lines = start(str(tmp_path))
    assert (code, len(lines)) == (1, 1)
    assert "secrets.json is damaged" in lines[0]


def test_missing_libraries_are_named(tmp_path: Path) -> None:
    code, lines = start(str(tmp_path), options=("-S",))
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("vidare: missing libraries: aiosmtpd,")
    assert "make run" in lines[0]


@pytest.mark.parametrize("version", [(3, 10, 12), (3, 14, 0)])
def test_a_python_that_does_not_suit_is_named(version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    assert "needs Python 3.11, 3.12 or 3.13" in (complaint() or "")
