"""The database of a command; an error is one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from shared.errors import Unprocessable, UseCaseError
from shared.settings import PlatformSettings, read
from shared.storage.database import make_engine


@contextmanager
def database() -> Iterator[Connection]:
    """A transaction on the settings' database. Raises what database_engine raises."""
    with database_engine() as engine, engine.begin() as connection:
        yield connection


@contextmanager
def database_engine() -> Iterator[Engine]:
    """The settings' database. Raises ClickException for an error of a use case and for an unreachable server."""
    engine = make_engine(read(PlatformSettings), application="vidare-cli", pool_size=1)
    try:
        yield engine
    except Unprocessable as error:
        lines = [f"{path}: {' '.join(messages)}" for path, messages in error.errors.items()]
        raise click.ClickException("\n".join([error.detail, *lines])) from error
    except UseCaseError as error:
        raise click.ClickException(error.detail) from error
    except OperationalError as error:
        raise click.ClickException("the database does not answer") from error
    except ProgrammingError as error:
        if isinstance(error.orig, UndefinedTable | UndefinedColumn):
            raise click.ClickException("the database is of another version: vidare migrate") from error
        raise
    finally:
        engine.dispose()
