"""`vidare catalog check`: checks the catalogue, and the active ruleset against it."""

import os
import sys

import click

from services.triage.cli.database import database
from services.triage.cli.names import read_names
from services.triage.rules.document.seed import seed_document
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rules.lint.lint import lint
from services.triage.rulesets.saved import active_ruleset
from shared.catalog import CatalogError, check


@click.group()
def catalog() -> None:
    """The category catalogue."""


@catalog.command("check")
def check_catalog() -> None:
    """Report every problem of the catalogue, and of the active ruleset with it; exit status 1 if there is an error."""
    try:
        found, teams = read_names()
    except CatalogError as error:
        for found_error in error.errors:
            click.echo(f"error: {found_error}")
        sys.exit(1)
    problems = check(found)
    name, document = _ruleset()
    findings = lint(document, vocabulary_of(found, teams))
    for problem in problems:
        click.echo(str(problem))
    for finding in findings:
        click.echo(f"{finding.severity}: {name}: {finding.path}: {finding.message}")
    severities = [problem.severity for problem in problems] + [finding.severity for finding in findings]
    errors = severities.count("error")
    warnings = len(severities) - errors
    click.echo(f"catalogue {found.number}, {len(found.categories)} paths, {name}: {errors} errors, {warnings} warnings")
    sys.exit(1 if errors else 0)


def _ruleset() -> tuple[str, object]:
    """The active ruleset; the seed where no database is set."""
    if not os.environ.get("VIDARE_DATABASE_URL") and not os.environ.get("VIDARE_DATABASE_URL_FILE"):
        return "the seed ruleset", seed_document()
    with database() as connection:
        active = active_ruleset(connection)
    return f"ruleset {active.number}", active.document
