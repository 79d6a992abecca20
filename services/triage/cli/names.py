"""The names that rules may use, for commands without a running system: the catalogue and the teams."""

from dataclasses import dataclass
from pathlib import Path

import click

from services.triage.rules.document.vocabulary import vocabulary_of
from shared.catalog import Catalog, CatalogError, load
from shared.conditions import Vocabulary
from shared.settings import DEFAULT_TEAMS, read, read_teams, setting


@dataclass(frozen=True)
class RuleNames:
    """The settings that the names come from."""

    catalog: Path | None = setting("CATALOG", "path", "A folder with a category catalogue of one's own.", None)
    teams: tuple[str, ...] = setting("TEAMS", read_teams, "The community teams.", DEFAULT_TEAMS)


def read_names() -> tuple[Catalog, tuple[str, ...]]:
    """The catalogue and the teams of the environment. Raises SettingsError, CatalogError."""
    names: RuleNames = read(RuleNames)  # type: ignore[type-var]  # it needs nothing of what a process needs
    return load(names.catalog), names.teams


def names_for_command() -> tuple[Catalog, tuple[str, ...]]:
    """`read_names` for commands that do not look into the catalogue. Raises SettingsError, ClickException."""
    try:
        return read_names()
    except CatalogError as error:
        raise click.ClickException(str(error)) from error


def read_vocabulary() -> Vocabulary:
    """The names that rules may use. Raises SettingsError, ClickException."""
    return vocabulary_of(*names_for_command())
