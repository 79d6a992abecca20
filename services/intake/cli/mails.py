"""`vidare mails`: what reached us by mail and waits for a person."""

import sys

import click

from services.intake.inbound.parked import unreadable_mails
from shared.db import make_engine
from shared.settings import PlatformSettings, read
from shared.store import ObjectStore


@click.group()
def mails() -> None:
    """Mails that nobody could read."""


@mails.command("list")
def show() -> None:
    """The newest 200: when, for which ticket, bytes, where it lies, why."""
    engine = make_engine(read(PlatformSettings), application="vidare-cli", pool_size=1)
    for one in unreadable_mails(engine):
        fields = (one.received_at.isoformat(), one.ticket or "-", str(one.size), one.object, one.because or "")
        click.echo("\t".join(fields))


@mails.command()
@click.argument("name")
def raw(name: str) -> None:
    """Write the mail that lies at NAME in the store to standard output, as it came."""
    if not name.startswith("mail/"):
        raise click.ClickException("not the name of a mail: see `vidare mails list`")
    sys.stdout.buffer.write(ObjectStore(read(PlatformSettings)).get(name))
