"""`vidare mails`: inbound mails, above all those that became part of no ticket."""

import sys

import click

from services.intake.deps import Deps, bootstrap
from services.intake.inbound_mail.list_mails import STATES, WITHOUT_TICKET, newest_mails
from services.intake.inbound_mail.open_mail import open_mail
from services.intake.settings import IntakeSettings
from shared.errors import Unprocessable, UseCaseError
from shared.settings import read


@click.group()
def mails() -> None:
    """Inbound mails."""


@mails.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="May be given several times.")
def show(states: tuple[str, ...]) -> None:
    """The newest 200 that became part of no ticket, or those in the given states.

    A line each: time, state, ticket, bytes, name in the store, sender, reason.
    """
    for one in newest_mails(_deps().engine, states or WITHOUT_TICKET):
        whose = (one.ticket or "-", str(one.size), one.object, one.address or "-")
        click.echo("\t".join((one.received_at.isoformat(), one.state, *whose, one.because or "")))


@mails.command()
@click.argument("name")
def raw(name: str) -> None:
    """Write the mail NAME of the store to standard output, as it came."""
    if not name.startswith("mail/"):
        raise click.ClickException("not the name of a mail: see `vidare mails list`")
    sys.stdout.buffer.write(_deps().store.get(name))


@mails.command("open")
@click.argument("name")
@click.option("--category", required=True, help="A path without required fields, such as account/other.")
def open_one(name: str, category: str) -> None:
    """Have a ticket made of the mail NAME, which became part of none.

    Its writer gets no automatic answer where a program may have written the mail.
    """
    try:
        open_mail(_deps(), name, category)
    except Unprocessable as error:
        raise click.ClickException(
            "; ".join(one for all_of_them in error.errors.values() for one in all_of_them)
        ) from error
    except UseCaseError as error:
        raise click.ClickException(str(error)) from error
    click.echo("A ticket will be made of it within a few seconds.")


def _deps() -> Deps:
    return bootstrap(read(IntakeSettings), application="vidare-cli", pool_size=1)
