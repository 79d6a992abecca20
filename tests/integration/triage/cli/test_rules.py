"""`vidare rules` and `vidare catalog check`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from services.triage.cli.catalog import catalog
from services.triage.cli.rules import rules
from services.triage.rules.seed import seed_document
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
    assert yaml.safe_load(run("export").output) == yaml.safe_load(file.read_text())
    assert run("activate", 1, "--comment", "back").exit_code == 0
    assert yaml.safe_load(run("export", "1", "--json").output) == seed_document()
    listed = run("list").output.splitlines()
    assert [line.split()[:2] for line in listed] == [["2", "retired"], ["1", "active"]]


def test_a_file_with_faults_is_not_imported(run: Run, file: Path) -> None:
    file.write_text(file.read_text().replace("team: billing\n    tags", "team: nobody\n    tags"))
    result = run("import", file, "--comment", "x", "--activate")
    assert result.exit_code == 1
    assert "document.rules[0].then.team" in result.output
    assert len(run("list").output.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [["export", "9"], ["export", "x"], ["activate", "9", "--comment", "x"], ["diff", "1", "x"]]
)
def test_what_is_unknown_is_one_line(run: Run, words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 1
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


def test_a_rule_that_matches_nothing_is_a_warning_where_past_notes_are_asked(
    run: Run, file: Path, triage: Triage
) -> None:
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
    warned = [line for line in result.output.splitlines() if "matched no note in the last 30 days" in line]
    assert ["rules[1]" in warned[0], "rules[2]" in warned[1], len(warned)] == [True, True, 2]
    assert run("lint", file, "--past", "--strict").exit_code == 1


def test_the_schema_is_printed(run: Run) -> None:
    printed = json.loads(run("schema").output)
    assert printed["$schema"].startswith("https://json-schema.org/")
    assert "rules" in printed["properties"]
