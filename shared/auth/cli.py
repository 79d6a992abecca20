"""`vidare users` and `vidare tokens`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import click
from sqlalchemy import Connection

from shared.audit.account_change import record_account_change
from shared.audit.record import SYSTEM, record_audit
from shared.auth import tokens as token_store
from shared.auth import users as user_store
from shared.auth.passwords import make_password
from shared.auth.principal import ROLES
from shared.errors import Unprocessable, UseCaseError
from shared.settings import PlatformSettings, read
from shared.storage.database import make_engine


@contextmanager
def _database(teams: tuple[str, ...] = ()) -> Iterator[Connection]:
    """A transaction whose use case errors are printed as one line. Raises for a team that the settings do not have."""
    settings = read(PlatformSettings)
    unknown = [team for team in teams if team not in (*settings.teams, "*")]
    if unknown:
        raise click.ClickException(f"no such team: {', '.join(unknown)} (there are {', '.join(settings.teams)})")
    engine = make_engine(settings, application="vidare-cli", pool_size=1)
    try:
        with engine.begin() as connection:
            yield connection
    except Unprocessable as error:
        lines = [f"{field}: {' '.join(messages)}" for field, messages in error.errors.items()]
        raise click.ClickException("; ".join(lines)) from error
    except UseCaseError as error:
        raise click.ClickException(error.detail) from error
    finally:
        engine.dispose()


def _record(connection: Connection, action: str, email: str, after: Mapping[str, Any] | None = None) -> None:
    """Write into the audit log what was done to this account."""
    account = user_store.find_user(connection, email).id
    record_audit(connection, SYSTEM, action, f"user/{account}", after=after)


def _asked_password(ask: bool) -> tuple[str, bool]:
    """The password, and whether it was generated and must be shown."""
    if ask:
        chosen: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return chosen, False
    return make_password(), True


def _day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "-"


_role = click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True)
_teams = click.option("--team", "teams", multiple=True, help="A team that they work for; repeat it for more.")
_ask = click.option("--ask-password", is_flag=True, help="Type the password instead of having one made.")


@click.group()
def users() -> None:
    """People and programs with an account."""


@users.command("add")
@click.argument("email")
@click.option("--name", help="As colleagues see it; default: the part before the @.")
@_role
@_teams
@_ask
def add_user(email: str, name: str | None, role: str, teams: tuple[str, ...], ask_password: bool) -> None:
    """Make an account; its password is shown once."""
    password, shown = (None, False) if role == "service" else _asked_password(ask_password)
    with _database(teams) as connection:
        user_store.make_user(connection, email, name or email.partition("@")[0], role, teams, password)
        _record(connection, "user.created", email, after=user_store.find_user(connection, email).audited)
    click.echo(f"made {email} ({role})")
    if shown:
        click.echo(f"password, shown this once: {password}")


@users.command("list")
def list_users() -> None:
    """All accounts, one a line."""
    with _database() as connection:
        for user in user_store.list_users(connection):
            state = "disabled" if user.disabled_at else "active"
            click.echo(f"{user.email}\t{user.role}\t{','.join(user.teams) or '-'}\t{state}\t{user.name}")


@users.command("reset-password")
@click.argument("email")
@_ask
def reset_password(email: str, ask_password: bool) -> None:
    """Set another password and end their sessions; it is shown once."""
    password, shown = _asked_password(ask_password)
    with _database() as connection:
        user_store.reset_password(connection, user_store.find_user(connection, email).id, password)
        _record(connection, "user.password_set", email)
    click.echo(f"{email} has another password" + (f", shown this once: {password}" if shown else ""))


@users.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Close an account; sessions, tokens and claims end at once."""
    with _database() as connection:
        user_store.disable(connection, user_store.find_user(connection, email).id)
        _record(connection, "user.closed", email)
    click.echo(f"{email} is disabled")


@users.command("enable")
@click.argument("email")
@_ask
def enable_user(email: str, ask_password: bool) -> None:
    """Open a closed account again; its new password is shown once, its tokens stay revoked."""
    with _database() as connection:
        user = user_store.find_user(connection, email)
        password, shown = (None, False) if user.role == "service" else _asked_password(ask_password)
        user_store.enable(connection, user.id, password)
        _record(connection, "user.opened", email)
    click.echo(f"{email} is open again" + (f"; password, shown this once: {password}" if shown else ""))


@users.command("set")
@click.argument("email")
@click.option("--name", help="As colleagues see it.")
@click.option("--role", type=click.Choice(ROLES))
@_teams
@click.option("--no-teams", is_flag=True, help="Take them out of every team.")
def set_user(email: str, name: str | None, role: str | None, teams: tuple[str, ...], no_teams: bool) -> None:
    """Change name, role or teams; the teams given replace the former ones."""
    with _database(teams) as connection:
        user = user_store.find_user(connection, email)
        if name is not None:
            user_store.set_name(connection, user.id, name)
        if role:
            user_store.set_role(connection, user.id, role)
        if teams or no_teams:
            user_store.set_teams(connection, user.id, teams)
        changed = user_store.find_user(connection, email)
        record_account_change(connection, SYSTEM, user, changed)
    click.echo(f"{email}: {changed.role}, teams {', '.join(changed.teams) or 'none'}")


@click.group()
def tokens() -> None:
    """Bearer tokens for the APIs."""


@tokens.command("add")
@click.argument("email")
@click.option("--name", default="made by vidare tokens", show_default=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, help="read or write; default: all that the account may.")
@click.option("--team", "teams", multiple=True, help="Bind it to this team; repeat it for more.")
@click.option("--days", type=click.IntRange(1), help="How long it lives; default: until revoked.")
def add_token(email: str, name: str, scopes: tuple[str, ...], teams: tuple[str, ...], days: int | None) -> None:
    """Make a token; it is shown once."""
    narrowed = [*scopes, *(f"team:{team}" for team in teams)] or None
    with _database(teams) as connection:
        user = user_store.find_user(connection, email)
        secret = token_store.make_token(connection, user.id, name, narrowed, days)
        after = {"account": str(user.id), "scopes": narrowed}
        target = f"token/{token_store.token_id(connection, secret)}"
        record_audit(connection, SYSTEM, "token.created", target, after=after)
    click.echo(secret)


@tokens.command("list")
def list_tokens() -> None:
    """All tokens, one a line, without their secrets, which are not stored."""
    with _database() as connection:
        for token in token_store.list_tokens(connection):
            state = "revoked" if token.revoked_at else f"until {_day(token.expires_at)}" if token.expires_at else "live"
            scopes = ",".join(token.scopes or ()) or "all"
            click.echo(f"{token.id}\t{token.email}\t{state}\t{scopes}\tused {_day(token.last_used_at)}\t{token.name}")


@tokens.command("revoke")
@click.argument("token_id", type=click.UUID)
def revoke_token(token_id: UUID) -> None:
    """End a token at once; its id is in the list."""
    with _database() as connection:
        token_store.revoke_token(connection, token_id)
        record_audit(connection, SYSTEM, "token.revoked", f"token/{token_id}")
    click.echo("revoked")
