"""`vidare events`: the backlog, parked deliveries, and replaying them."""

import click

from shared.events import backlog as state
from shared.events.parked import list_parked, replay_parked
from shared.settings import PlatformSettings, read
from shared.storage.database import make_engine


@click.group()
def events() -> None:
    """The event mechanism: backlog and parked deliveries."""


@events.command()
def backlog() -> None:
    """Show every subscriber's deliveries: waiting, backing off, parked, and how late the oldest is."""
    engine = make_engine(read(PlatformSettings), application="vidare-cli")
    with engine.begin() as connection:
        rows = state.backlog(connection)
    if not rows:
        click.echo("nothing waits")
    for row in rows:
        late = f", oldest due {row.oldest_due_seconds:.1f} s ago" if row.oldest_due_seconds else ""
        click.echo(
            f"{row.subscriber:16} {row.waiting} waiting ({row.backing_off} backing off), {row.parked} parked{late}"
        )


@events.command()
@click.option("--limit", default=50, show_default=True, help="How many to show.")
def parked(limit: int) -> None:
    """Show parked deliveries with their errors."""
    engine = make_engine(read(PlatformSettings), application="vidare-cli")
    with engine.begin() as connection:
        rows = list_parked(connection, limit)
    if not rows:
        click.echo("nothing is parked")
    for row in rows:
        click.echo(
            f"{row.id}  {row.type} {row.ticket or '-'}  since {row.parked_at:%Y-%m-%d %H:%M:%S} UTC\n    {row.error}"
        )


@events.command()
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Replay all parked deliveries.")
def replay(ids: tuple[str, ...], everything: bool) -> None:
    """Make parked deliveries due again: those of IDS, as `vidare events parked` shows them, or all."""
    if bool(ids) == everything:
        raise click.UsageError("name the deliveries, or use --all")
    engine = make_engine(read(PlatformSettings), application="vidare-cli")
    with engine.begin() as connection:
        done = replay_parked(connection, None if everything else ids)
    click.echo(f"{len(done)} due again")
