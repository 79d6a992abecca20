"""`vidare rules` and `vidare catalog check`."""

import getpass
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from services.triage.cli.catalog import catalog
from services.triage.cli.rules import rules
from services.triage.rules.document.seed import SEED, seed_document
from shared.settings import DEFAULT_TEAMS
from tests.integration.triage.conftest import Triage

Run = Callable[..., Result]


@pytest.fixture
def run(environment: dict[str, str], clean_database: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(rules, [str(word) for word in words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    document = {**seed_document(), "rules": [{"id": "all", "then": {"team": "billing", "tags": ["å"]}}]}
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def test_a_good_file_passes_and_a_bad_one_is_named_by_line(run: Run, file: Path) -> None:
    assert run("lint", file).exit_code == 0
    file.write_text(
        file.read_text().replace("billing\n    tags", "nobody\n    tags").replace("id: all", "id: all\n  colour: red")
    )
    result = run("lint", file)
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if "error" in line]
    assert any("document.rules[0].colour" in line for line in lines)
    assert any("document.rules[0].then.team" in line for line in lines)
    number = next(n for n, line in enumerate(file.read_text().splitlines(), 1) if "colour" in line)
    assert any(line.startswith(f"{file}:{number}:") for line in lines)


def test_lint_needs_no_running_system(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIDARE_DATABASE_URL", "VIDARE_REDIS_URL", "VIDARE_SECRET"):
        monkeypatch.delenv(name, raising=False)
    assert CliRunner().invoke(rules, ["lint", str(file)]).exit_code == 0


def test_import_activate_export_and_back(run: Run, file: Path, triage: Triage) -> None:
    assert run("import", file, "--comment", "all to billing").output == "saved as ruleset 2\n"
    assert run("diff", "active", "2").exit_code == 1
    assert run("diff", file, "2").exit_code == 0
    assert run("activate", 2, "--comment", "now", "--expected-active", 9).exit_code == 1
    assert run("activate", 2, "--comment", "now", "--expected-active", 1).exit_code == 0
    assert triage.ticket(triage.submit("ads/metrics")).team == "billing"
    assert run("export").output == file.read_text()
    assert run("activate", 1, "--comment", "back").exit_code == 0
    assert yaml.safe_load(run("export", "1", "--json").output) == seed_document()
    rows = run("list").output.splitlines()
    assert [line.split()[:2] for line in rows] == [["2", "retired"], ["1", "active"]]


def test_a_file_with_errors_is_not_imported(run: Run, file: Path) -> None:
    file.write_text(file.read_text().replace("team: billing\n    tags", "team: nobody\n    tags"))
    result = run("import", file, "--comment", "x", "--activate")
    assert result.exit_code == 1
    line = next(number for number, one in enumerate(file.read_text().splitlines(), 1) if "nobody" in one)
    assert f"{file}:{line}: error: document.rules[0].then.team: unknown team 'nobody'" in result.output
    assert len(run("list").output.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["export", "9"], 1),
        (["export", "x"], 1),
        (["activate", "9", "--comment", "x"], 1),
        (["diff", "1", "x"], 2),
        (["diff", "9", "1"], 2),
    ],
)
def test_what_is_unknown_is_one_line(run: Run, words: list[str], status: int) -> None:
    result = run(*words)
    assert result.exit_code == status
    assert "Traceback" not in result.output
    assert result.output.startswith("Error: ")


def test_the_catalogue_fits_the_active_ruleset(run: Run, file: Path, triage: Triage) -> None:
    result = CliRunner().invoke(catalog, ["check"])
    assert result.exit_code == 0, result.output
    assert "ruleset 1: 0 errors" in result.output
    triage.rows("""
        update triage.rulesets set state = 'retired'; insert into triage.rulesets (number, state, comment, created_by, document)
        select 2, 'active', '', '', replace(document::text, 'account/close', 'account/closed')::json from triage.rulesets
    """)
    result = CliRunner().invoke(catalog, ["check"])
    assert result.exit_code == 1
    assert "ruleset 2: document.rules" in result.output


def test_a_rule_that_matches_nothing_is_a_warning_with_past(run: Run, file: Path, triage: Triage) -> None:
    triage.submit("ads/metrics", message="The lamp is broken.")
    old = triage.submit("ads/metrics", message="The chair is broken.")
    triage.rows("update triage.tickets set created_at = created_at - interval '31 days' where reference = :r", r=old)
    written = [
        {"id": word, "when": {"field": "text", "contains_any": [word]}, "then": {"tags": [word]}}
        for word in ("lamp", "chair", "table")
    ]
    file.write_text(yaml.safe_dump({**seed_document(), "rules": written}, sort_keys=False), encoding="utf-8")
    assert "warning" not in run("lint", file).output
    result = run("lint", file, "--past")
    assert result.exit_code == 0
    warned = [line for line in result.output.splitlines() if "matched no ticket in the last 30 days" in line]
    assert ["rules[1]" in warned[0], "rules[2]" in warned[1], len(warned)] == [True, True, 2]
    assert run("lint", file, "--past", "--strict").exit_code == 1


def test_the_schema_is_printed(run: Run) -> None:
    printed = json.loads(run("schema").output)
    assert printed["$schema"].startswith("https://json-schema.org/")
    assert "rules" in printed["properties"]
    assert printed["$defs"]["rule"]["properties"]["then"]["properties"]["team"]["enum"] == sorted(DEFAULT_TEAMS)
    assert '"ads/metrics"' in run("schema").output


def test_a_file_comes_back_from_the_database_as_it_was_written(run: Run, tmp_path: Path) -> None:
    written = "# Why these rules.\n" + SEED.read_text(encoding="utf-8").replace(
        "- id: break-in", "- id: break-in  # first!"
    )
    mine, theirs = tmp_path / "mine.yaml", tmp_path / "theirs.yaml"
    mine.write_bytes(b"\xef\xbb\xbf" + written.replace("\n", "\r\n").encode())  # as Notepad saves it
    assert run("import", mine, "--comment", "ours").exit_code == 0
    theirs.write_text(run("export", 2).output, encoding="utf-8")
    assert theirs.read_text(encoding="utf-8") == written
    assert run("diff", "2", theirs).exit_code == 0
    assert run("export", 1).output == SEED.read_text(encoding="utf-8")


def test_json_is_imported_and_exported_as_yaml(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(seed_document()))
    assert run("import", file, "--comment", "json").exit_code == 0
    assert run("export", 2).output.startswith("language: 1\n")
    assert json.loads(run("export", 2, "--json").output) == seed_document()


def test_who_is_quicker_wins_an_import_too(run: Run, file: Path, triage: Triage) -> None:
    assert run("import", file, "--comment", "x", "--activate", "--expected-active", 1).exit_code == 0
    result = run("import", file, "--comment", "x", "--activate", "--expected-active", 1)
    assert result.exit_code == 1
    assert "Ruleset 2 is active by now, not 1." in result.output
    assert len(triage.rows("select 1 from triage.rulesets")) == 2
    assert run("import", file, "--comment", "x", "--expected-active", 2).exit_code == 2
    change = triage.rows("select by, account, origin from triage.ruleset_changes order by id desc limit 1")[0]
    assert (change.by, change.account) == (getpass.getuser(), None)
    assert change.origin == f"the command line of {socket.gethostname()}"


@pytest.mark.parametrize("text", ["rules: [{}]", "rules: [1, {id: [1]}]", "a: [", "- x", "", "rules: {a: 1}"])
@pytest.mark.parametrize("command", ["diff", "import", "replay", "lint"])
def test_no_file_makes_a_command_break(run: Run, tmp_path: Path, command: str, text: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(text)
    words = {"diff": ["active", file], "import": [file, "--comment", "x"]}.get(command, [file])
    result = run(command, *words)
    assert result.exit_code == (2 if command in ("diff", "replay") else 1)
    assert isinstance(result.exception, SystemExit)
    assert f"{file}" in result.output


def test_a_broken_catalogue_is_no_answer(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDARE_CATALOG", str(file.parent))
    for command, status in (("diff", 2), ("replay", 2), ("lint", 1)):
        result = run(command, *(["active", file] if command == "diff" else [file]))
        assert (result.exit_code, "the catalogue cannot be read" in result.output) == (status, True)
