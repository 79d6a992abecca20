"""`vidare rules replay`: a ruleset tried on past tickets, with an exit status that a pipeline can act on."""

import getpass
import sys
import time
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import Connection, Engine

from services.triage.cli.database import database_engine
from services.triage.cli.names import read_names
from services.triage.replays.saved import Replay, find_replay, start_replay
from services.triage.replays.tasks import one_chunk
from services.triage.rules.replay import pairs
from services.triage.rules.texts import read_text
from services.triage.rulesets.save import Author, save_ruleset
from services.triage.rulesets.saved import list_rulesets
from services.triage.rulesets.stored import StoredRulesets

_NEWEST = 2**31 - 1
_LOOKED_AT = 50
# Somebody else does the chunk: a worker of the running system.
_WAIT_SECONDS = 0.5


class Share(click.ParamType[float]):
    """A share of a whole: `5%`, or `0.05`."""

    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share from 0 to 1."""
        written = str(value).strip()
        try:
            share = float(written.removesuffix("%")) / (100 if written.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(f"{written} is not a share such as 5% or 0.05", param, ctx)
        return share


class _Untold(click.ClickException):
    """There is no verdict; 1 would be one."""

    exit_code = 2


@click.command("replay")
@click.argument("which", required=False)
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="How far back.")
@click.option(
    "--fail-over", type=Share(), help="Exit with 1 when a larger share of the tickets would change, such as 5%."
)
def replay(which: str | None, days: int, fail_over: float | None) -> None:
    """Decide about past tickets by the ruleset WHICH: a number, a file, or the newest draft. No ticket is changed.

    A file is saved as a draft first, unless it is one of the newest rulesets already: what was tried can be activated.
    Exit status 0: no more changes than --fail-over allows; 1: more; 2: it could not be told.
    """
    try:
        found = _replayed(which, days)
    except click.UsageError:
        raise
    except click.ClickException as error:
        raise _Untold(error.message) from error
    if found.state != "done":
        click.echo(f"the replay was {found.state}{': ' + found.error if found.error else ''}", err=True)
        sys.exit(2)
    _tell(found)
    over = fail_over is not None and found.share_changed > fail_over
    if over:
        click.echo(f"more than {fail_over:.1%} of the tickets would change", err=True)
    sys.exit(1 if over else 0)


def _replayed(which: str | None, days: int) -> Replay:
    catalog, teams = read_names()
    rulesets = StoredRulesets(catalog, teams)
    with database_engine() as engine:
        with engine.begin() as connection:
            number = _number(connection, rulesets, which)
            started = start_replay(connection, number, days, getpass.getuser())
        return _run(engine, rulesets, started)


def _number(connection: Connection, rulesets: StoredRulesets, which: str | None) -> int:
    if which is not None and which.isdigit():
        return int(which)
    newest, _ = list_rulesets(connection, _NEWEST, _LOOKED_AT)
    if which is None:
        drafts = [one.number for one in newest if one.state == "draft"]
        if not drafts:
            raise click.UsageError("there is no draft: name a ruleset or a file")
        return drafts[0]
    if not Path(which).is_file():
        raise click.UsageError(f"{which} is neither a number nor a file")
    read, faults = read_text(Path(which).read_text(encoding="utf-8"))
    if read is None:
        raise click.UsageError("; ".join(fault.message for fault in faults))
    same = [one.number for one in newest if one.document == read.value]
    if same:
        return same[0]
    author = Author(getpass.getuser(), "command line")
    saved = save_ruleset(connection, read.value, f"{Path(which).name}, to be tried", author, rulesets.vocabulary)
    return saved.number


def _run(engine: Engine, rulesets: StoredRulesets, replay: UUID) -> Replay:
    """Do the chunks here; where workers are quicker, wait for theirs."""
    step: int | None = 0
    while True:
        following = one_chunk(engine, rulesets, replay, step) if step is not None else None
        with engine.begin() as connection:
            found = find_replay(connection, replay)
        _progress(found)
        if found.over:
            return found
        if following is None:
            time.sleep(_WAIT_SECONDS)
        step = found.step


def _progress(found: Replay) -> None:
    share = found.done / found.total if found.total else 0.0
    line = f"ruleset {found.ruleset}: {found.done:,} of {found.total:,} tickets, {share:.0%}"
    if sys.stderr.isatty():
        click.echo(f"\r{line}", nl=found.over, err=True)
    else:
        click.echo(line, err=True)


def _tell(found: Replay) -> None:
    tally, agreement = found.tally, found.tally.agreement
    click.echo(f"ruleset {found.ruleset}, {found.days} days: {tally.changed:,} of {found.done:,} tickets would change")
    for row in pairs(tally.teams):
        if row["from"] != row["to"]:
            click.echo(f"  team      {row['from']} -> {row['to']}: {row['count']:,}")
    for row in pairs(tally.priorities):
        click.echo(f"  priority  {row['from']} -> {row['to']}: {row['count']:,}")
    for row in pairs(tally.holds):
        click.echo(f"  {'held no longer' if row['from'] == 'True' else 'newly held'}: {row['count']:,}")
    if agreement["then"] is not None and agreement["draft"] is not None:
        then, draft = agreement["then"], agreement["draft"]
        click.echo(f"placed with the team that resolved: {then:.1%} then, {draft:.1%} by this ruleset")
