"""`vidare forms`: tokens for servers that post notes for many people."""

import click
from sqlalchemy import Engine

from services.intake.submissions.form_clients import add_client, list_clients, revoke_client
from shared.errors import UseCaseError
from shared.settings import PlatformSettings, read
from shared.storage.database import make_engine


@click.group()
def forms() -> None:
    """Tokens for servers that post notes for many people."""


@forms.command()
@click.argument("name")
@click.option(
    "--per-minute", type=click.IntRange(1, 100_000), default=600, show_default=True, help="Notes it may send a minute."
)
def add(name: str, per_minute: int) -> None:
    """Make a token for the form NAME; it is shown once."""
    try:
        click.echo(add_client(_engine(), name, per_minute))
    except UseCaseError as error:
        raise click.ClickException(error.detail) from error


@forms.command("list")
def show() -> None:
    """All forms with a token."""
    for one in list_clients(_engine()):
        click.echo(f"{one.name}\t{one.per_minute}/minute\t{'revoked' if one.revoked_at else 'active'}")


@forms.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Take the token of the form NAME back."""
    try:
        revoke_client(_engine(), name)
    except UseCaseError as error:
        raise click.ClickException(error.detail) from error


def _engine() -> Engine:
    return make_engine(read(PlatformSettings), application="vidare-cli", pool_size=1)
