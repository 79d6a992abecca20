"""`vidare mails`: what reached us by mail, above all what became part of no ticket."""

import sys

import click

from services.intake.inbound_mail.unreadable import STATES, WITHOUT_TICKET, newest_mails
from shared.settings import PlatformSettings, read
from shared.storage.database import make_engine
from shared.storage.object_store import ObjectStore


@click.group()
def mails() -> None:
    """Mails that reached us."""


@mails.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="May be given several times.")
def show(states: tuple[str, ...]) -> None:
    """The newest 200 that became part of no ticket, or those in the given states.

    A line each: when, state, ticket, bytes, where it lies, whose it is, why.
    """
    engine = make_engine(read(PlatformSettings), application="vidare-cli", pool_size=1)
    for one in newest_mails(engine, states or WITHOUT_TICKET):
        whose = (one.ticket or "-", str(one.size), one.object, one.address or "-")
        click.echo("\t".join((one.received_at.isoformat(), one.state, *whose, one.because or "")))


@mails.command()
@click.argument("name")
def raw(name: str) -> None:
    """Write the mail that lies at NAME in the store to standard output, as it came."""
    if not name.startswith("mail/"):
        raise click.ClickException("not the name of a mail: see `vidare mails list`")
    sys.stdout.buffer.write(ObjectStore(read(PlatformSettings)).get(name))
