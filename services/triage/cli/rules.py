"""`vidare rules`: rulesets kept in git, linted in CI, activated by a command."""

import json
import sys
from pathlib import Path
from textwrap import indent
from typing import Any

import click
from sqlalchemy import Connection

from services.triage.cli.author import command_author
from services.triage.cli.database import database
from services.triage.cli.exit_status import answers_by_exit_status
from services.triage.cli.files import FILE, line_of, ruleset_in, text_in
from services.triage.cli.names import read_vocabulary
from services.triage.cli.replay import replay
from services.triage.replays.matched_rules import matched_rules
from services.triage.rules.diff import difference
from services.triage.rules.document.parse import parse_document
from services.triage.rules.document.schema import json_schema
from services.triage.rules.document.text import read_text
from services.triage.rules.document.write import as_yaml, source_of
from services.triage.rules.lint.lint import lint_text
from services.triage.rulesets.activate import activate_ruleset
from services.triage.rulesets.save import save_ruleset
from services.triage.rulesets.saved import Ruleset, active_ruleset, find_ruleset, list_summaries
from shared.conditions import Vocabulary

_NEWEST = 2**31 - 1


@click.group()
def rules() -> None:
    """The routing rules."""


rules.add_command(replay)


@rules.command("lint")
@click.argument("file", type=FILE)
@click.option("--strict", is_flag=True, help="Let warnings fail too.")
@click.option(
    "--past", is_flag=True, help="Warn of rules that match no ticket of the last 30 days; needs the database."
)
def lint_file(file: Path, strict: bool, past: bool) -> None:
    """Everything that is wrong with the ruleset in FILE (YAML or JSON); exit status 1 if anything is."""
    vocabulary = read_vocabulary()
    findings = lint_text(text_in(file), vocabulary, _matched(file, vocabulary) if past else None)
    for finding in findings:
        click.echo(line_of(file, finding, finding.severity))
    if any(strict or finding.severity == "error" for finding in findings):
        sys.exit(1)
    click.echo(f"{file}: no findings" if not findings else f"{file}: no errors", err=True)


def _matched(file: Path, vocabulary: Vocabulary) -> dict[str, int] | None:
    """How many past tickets each rule matches; None for an invalid document, whose errors lint reports."""
    read, _ = read_text(text_in(file))
    document = parse_document(read.value, vocabulary)[0] if read else None
    if document is None:
        return None
    with database() as connection:
        return matched_rules(connection, document)


@rules.command("schema")
def print_schema() -> None:
    """The JSON Schema of a ruleset, with the known teams, paths and details, for completion and checks in an editor."""
    click.echo(json.dumps(json_schema(read_vocabulary()), indent=2))


@rules.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200))
def list_all(limit: int) -> None:
    """The newest rulesets, one a line."""
    with database() as connection:
        found = list_summaries(connection, _NEWEST, limit)
    for one in found:
        click.echo(f"{one.number:>5}  {one.state:<8}  {one.created_at:%Y-%m-%d %H:%M}  {one.created_by}: {one.comment}")


@rules.command("activate")
@click.argument("number", type=int)
@click.option("--comment", required=True, help="Why.")
@click.option("--expected-active", type=int, help="Refuse when another than this one is active by now.")
def activate(number: int, comment: str, expected_active: int | None) -> None:
    """Activate ruleset NUMBER; an older number rolls back."""
    vocabulary = read_vocabulary()
    with database() as connection:
        activate_ruleset(connection, number, comment, command_author(), vocabulary, expected_active)
    click.echo(f"ruleset {number} is active")


@rules.command("export")
@click.argument("which", default="active")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of YAML.")
def export(which: str, as_json: bool) -> None:
    """Print a ruleset as it was written, comments too: WHICH is a number, or `active`."""
    with database() as connection:
        found = _numbered(connection, which)
    click.echo(_as_json(found.document) if as_json else found.text, nl=False)


@rules.command("import")
@click.argument("file", type=FILE)
@click.option("--comment", required=True, help="What changed and why.")
@click.option("--activate", "at_once", is_flag=True, help="Activate it at once.")
@click.option(
    "--expected-active", type=int, help="With --activate: refuse when another than this one is active by now."
)
def import_file(file: Path, comment: str, at_once: bool, expected_active: int | None) -> None:
    """Save the ruleset in FILE under the next number."""
    if expected_active is not None and not at_once:
        raise click.UsageError("--expected-active goes with --activate")
    vocabulary = read_vocabulary()
    found = ruleset_in(file, vocabulary, linted=True)
    author = command_author()
    with database() as connection:
        saved = save_ruleset(connection, found.document, comment, author, vocabulary, source_of(found.text))
        if at_once:
            activate_ruleset(connection, saved.number, comment, author, vocabulary, expected_active)
    click.echo(f"saved as ruleset {saved.number}" + (", active" if at_once else ""))


@rules.command("diff")
@click.argument("old")
@click.argument("new")
def diff(old: str, new: str) -> None:
    """What changed from OLD to NEW: each a file, a number, or `active`.

    Exit status 0: no difference; 1: they differ; 2: they could not be compared.
    """
    with answers_by_exit_status():
        found = difference(_document(old), _document(new))
    for part, content in found.as_document().items():
        if content:
            click.echo(f"{part}:\n{indent(as_yaml(content), '  ')}", nl=False)
    sys.exit(0 if found.empty else 1)


def _numbered(connection: Connection, which: str) -> Ruleset:
    if which == "active":
        return active_ruleset(connection)
    if not which.isdecimal():
        raise click.ClickException(f"{which} is neither a number nor `active`")
    return find_ruleset(connection, int(which))


def _document(which: str) -> dict[str, Any]:
    """The document of a file, or of a numbered ruleset."""
    if Path(which).is_file():
        return ruleset_in(Path(which), read_vocabulary()).document
    if which != "active" and not which.isdecimal():
        raise click.ClickException(f"{which} is neither a file, nor a number, nor `active`")
    with database() as connection:
        return _numbered(connection, which).document


def _as_json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
