"""A consumer's transaction, which raises the first error."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from shared.crash_points import effect


@effect
@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """A transaction whose first error is the one that is raised.

    A time limit that ends within a statement leaves the connection busy, so that the rollback fails. Raised instead of the first
    error, that would look like an error of PostgreSQL, and the event would never be counted as failed.
    """
    begun = connection.begin()
    try:
        yield
    except Exception:
        try:
            begun.rollback()
        except DBAPIError:
            _abandon(connection)
        raise
    begun.commit()


def _abandon(connection: Connection) -> None:
    """Cancel what the connection is still busy with, so that its locks are released, and never use it again."""
    driver = connection.connection.driver_connection
    with suppress(psycopg.Error):
        if isinstance(driver, psycopg.Connection):
            driver.cancel_safe(timeout=2)
    connection.invalidate()
