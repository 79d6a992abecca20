"""`vidare rules replay`: a ruleset tried on past tickets, with an exit status that a pipeline can act on."""

import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self
from uuid import UUID

import click
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from services.triage.cli.author import command_author
from services.triage.cli.database import database_engine
from services.triage.cli.exit_status import NoAnswer, answers_by_exit_status
from services.triage.cli.files import ruleset_in
from services.triage.cli.names import names_for_command
from services.triage.replays.replay_chunk import replay_chunk
from services.triage.replays.saved import Replay, cancel_replay, find_replay, start_replay
from services.triage.rules.document.write import source_of
from services.triage.rules.tally import pairs
from services.triage.rulesets.save import save_ruleset
from services.triage.rulesets.saved import list_rulesets
from services.triage.rulesets.stored import StoredRulesets
from shared.errors import NotFound
from shared.runtime.logs import logger

_NEWEST = 2**31 - 1
_LOOKED_AT = 50
# Another process does the chunk: a worker of the running system.
_WAIT_SECONDS = 0.5
_INTERRUPTED = 130  # what shells call an end by Ctrl-C

log = logger(__name__)


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


@click.command("replay")
@click.argument("which", required=False)
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="How far back.")
@click.option(
    "--fail-over", type=Share(), help="Exit with 1 when a larger share of the tickets would change, such as 5%."
)
def replay(which: str | None, days: int, fail_over: float | None) -> None:
    """Decide about past tickets by the ruleset WHICH: a number, a file, or the newest draft. No ticket is changed.

    A file is saved as a draft first, unless it is one of the newest rulesets already: then it can be activated.
    Exit status 0: no more changes than --fail-over allows; 1: more; 2: it could not be determined.
    """
    with answers_by_exit_status():
        found = _replayed(which, days)
        if found.state != "done":
            raise NoAnswer(f"the replay was {found.state}{': ' + found.error if found.error else ''}")
    _print(found)
    over = fail_over is not None and found.share_changed > fail_over
    if over:
        click.echo(f"more than {fail_over:.1%} of the tickets would change", err=True)
    sys.exit(1 if over else 0)


def _replayed(which: str | None, days: int) -> Replay:
    catalog, teams = names_for_command()
    rulesets = StoredRulesets(catalog, teams)
    with database_engine() as engine, _Interrupts() as interrupts:
        started: UUID | None = None
        try:
            with engine.begin() as connection:
                number = _number(connection, rulesets, which)
                started = start_replay(connection, number, days, command_author().name)
            return _run(engine, rulesets, started, interrupts)
        except Exception:
            # Ctrl-C during a statement cancels it, and that error may replace the KeyboardInterrupt.
            if not interrupts.seen:
                raise
        except KeyboardInterrupt:
            pass
        _cancel(engine, started)
    click.echo("\ncancelled", err=True)
    sys.exit(_INTERRUPTED)


class _Interrupts:
    """Records Ctrl-C, even where its exception is lost."""

    seen = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._record)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _record(self, *_: object) -> None:
        self.seen = True
        raise KeyboardInterrupt


def _cancel(engine: Engine, replay: UUID | None) -> None:
    """Cancel the replay, if it was committed before Ctrl-C."""
    if replay is not None:
        with suppress(NotFound), engine.begin() as connection:
            cancel_replay(connection, replay)


def _number(connection: Connection, rulesets: StoredRulesets, which: str | None) -> int:
    if which is not None and which.isdecimal():
        return int(which)
    newest, _ = list_rulesets(connection, _NEWEST, _LOOKED_AT)
    if which is None:
        drafts = [one.number for one in newest if one.state == "draft"]
        if not drafts:
            raise click.UsageError("there is no draft: name a ruleset or a file")
        return drafts[0]
    file = Path(which)
    if not file.is_file():
        raise click.UsageError(f"{which} is neither a number nor a file")
    found = ruleset_in(file, rulesets.vocabulary, linted=True)
    same = [one.number for one in newest if one.document == found.document]
    if same:
        return same[0]
    comment, source = f"{file.name}, to be tried", source_of(found.text)
    saved = save_ruleset(connection, found.document, comment, command_author(), rulesets.vocabulary, source)
    return saved.number


def _run(engine: Engine, rulesets: StoredRulesets, replay: UUID, interrupts: _Interrupts) -> Replay:
    """Do the chunks here, or wait where a worker does one."""
    step: int | None = 0
    while not interrupts.seen:
        following = _chunk(engine, rulesets, replay, step, interrupts) if step is not None else None
        with engine.begin() as connection:
            found = find_replay(connection, replay)
        _progress(found)
        if found.over:
            return found
        if following is None:
            time.sleep(_WAIT_SECONDS)
        step = found.step
    raise KeyboardInterrupt


def _chunk(engine: Engine, rulesets: StoredRulesets, replay: UUID, step: int, interrupts: _Interrupts) -> int | None:
    """replay_chunk; a permanent error ends the replay, a transient one is tried again. Raises OperationalError when Postgres is away,
    and any error after an interrupt."""
    try:
        return replay_chunk(engine, rulesets, replay, step)
    except Exception as error:
        if interrupts.seen or (isinstance(error, OperationalError) and not _was_busy(error)):
            raise
        log.error("a chunk failed", replay=str(replay), error=repr(error)[:500])
        return None


def _was_busy(error: OperationalError) -> bool:
    """Whether Postgres answered with a transient error: a held lock, a time-out, a deadlock."""
    return not error.connection_invalidated and getattr(error.orig, "sqlstate", None) is not None


def _progress(found: Replay) -> None:
    share = found.done / found.total if found.total else float(found.over)
    line = f"ruleset {found.ruleset}: {found.done:,} of {found.total:,} tickets, {share:.0%}"
    if sys.stderr.isatty():
        click.echo(f"\r{line}", nl=found.over, err=True)
    else:
        click.echo(line, err=True)


def _print(found: Replay) -> None:
    tally, agreement = found.tally, found.tally.agreement
    click.echo(f"ruleset {found.ruleset}, {found.days} days: {tally.changed:,} of {found.done:,} tickets would change")
    if not found.done:
        click.echo("there were no tickets to try it on", err=True)
    for row in pairs(tally.teams):
        if row["from"] != row["to"]:
            click.echo(f"  team      {row['from']} -> {row['to']}: {row['count']:,}")
    for row in pairs(tally.priorities):
        click.echo(f"  priority  {row['from']} -> {row['to']}: {row['count']:,}")
    for row in pairs(tally.holds):
        click.echo(f"  {'held no longer' if row['from'] == 'True' else 'newly held'}: {row['count']:,}")
    if agreement["then"] is not None and agreement["draft"] is not None:
        then, draft = agreement["then"], agreement["draft"]
        click.echo(f"routed to the team that resolved: {then:.1%} then, {draft:.1%} by this ruleset")
