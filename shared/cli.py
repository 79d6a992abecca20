"""The `vidare` command. Its groups are found by the entry-point group `vidare.commands`, so this file knows no service."""

import os
import sys
from importlib.metadata import entry_points
from pathlib import Path

import click

from shared.settings import SettingsError


class _Commands(click.Group):
    """Loads a command only when it is asked for: `vidare events` need not import Flask."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(entry.name for entry in entry_points(group="vidare.commands"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for entry in entry_points(group="vidare.commands", name=cmd_name):
            command: click.Command = entry.load()
            return command
        return None


@click.group(cls=_Commands)
def vidare() -> None:
    """Ticket triage: administration of a running system."""


def main() -> None:
    """Run the command; a wrong setting is reported in one line with exit status 2, never a traceback."""
    use_local_stack(os.environ)
    try:
        vidare(prog_name="vidare")
    except SettingsError as error:
        for problem in error.problems:
            click.echo(f"vidare: {problem}", err=True)
        sys.exit(2)


def use_local_stack(environ: "os._Environ[str]") -> None:
    """Without VIDARE_DATABASE_URL the command uses the local stack, whose settings `make run` wrote to its data directory."""
    if environ.get("VIDARE_DATABASE_URL") or environ.get("VIDARE_DATABASE_URL_FILE"):
        return
    file = Path(environ.get("VIDARE_HOME") or ".local") / "environment"
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and name.startswith("VIDARE_"):
            environ.setdefault(name, value)
