"""The database of a command: one transaction, and a refusal is one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from shared.db import make_engine
from shared.errors import Unprocessable, UseCaseError
from shared.settings import PlatformSettings, read


@contextmanager
def database() -> Iterator[Connection]:
    """A transaction on the settings' database. Raises ClickException for what a use case refuses and for an unreachable server."""
    engine = make_engine(read(PlatformSettings), application="vidare-cli", pool_size=1)
    try:
        with engine.begin() as connection:
            yield connection
    except Unprocessable as error:
        lines = [f"{path}: {' '.join(messages)}" for path, messages in error.errors.items()]
        raise click.ClickException("\n".join([error.detail, *lines])) from error
    except UseCaseError as error:
        raise click.ClickException(error.detail) from error
    except OperationalError as error:
        raise click.ClickException("the database does not answer") from error
    finally:
        engine.dispose()
