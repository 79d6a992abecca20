"""`vidare forms`: tokens for servers that post for many people."""

import click

from services.intake.deps import Deps, bootstrap
from services.intake.settings import IntakeSettings
from services.intake.submissions.form_clients import add_client, list_clients, revoke_client
from shared.errors import UseCaseError
from shared.settings import read


@click.group()
def forms() -> None:
    """Tokens for servers that post for many people."""


@forms.command()
@click.argument("name")
@click.option(
    "--per-minute",
    type=click.IntRange(1, 100_000),
    default=600,
    show_default=True,
    help="Submissions it may send a minute.",
)
def add(name: str, per_minute: int) -> None:
    """Make a token for the form NAME; it is shown once."""
    try:
        click.echo(add_client(_deps().engine, name, per_minute))
    except UseCaseError as error:
        raise click.ClickException(error.detail) from error


@forms.command("list")
def show() -> None:
    """All forms with a token."""
    for one in list_clients(_deps().engine):
        click.echo(f"{one.name}\t{one.per_minute}/minute\t{'revoked' if one.revoked_at else 'active'}")


@forms.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Revoke the token of the form NAME."""
    try:
        revoke_client(_deps().engine, name)
    except UseCaseError as error:
        raise click.ClickException(error.detail) from error


def _deps() -> Deps:
    return bootstrap(read(IntakeSettings), application="vidare-cli", pool_size=1)
