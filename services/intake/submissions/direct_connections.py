"""Connections for the statements that accept a submission: one for each thread, without the pool's round trip before them.

SQLAlchemy's pool begins a transaction and resets the connection afterwards: that costs more than the statement itself (measured:
0.5 ms of a core against 0.1). Here a statement that meets a dead connection is run once more on a new one. Use it only for
statements that may run twice.
"""

import threading
from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Engine

from shared.crash_points import effect
from shared.errors import TransientError

# To plan the statement that accepts a submission takes as long as to run it. It finds its rows by keys, so one plan fits all values.
_ONE_PLAN = "set plan_cache_mode = force_generic_plan"


class DirectConnections:
    """Connections made as `engine` makes them, one a thread; every statement is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._of_thread = threading.local()

    @effect
    def row(self, statement: str, values: Mapping[str, object]) -> tuple[Any, ...] | None:
        """The first row that `statement` returns.

        Raises TransientError when Postgres is away or too busy, psycopg's other errors as they are.
        """
        try:
            try:
                return self._run(statement, values)
            except psycopg.OperationalError:
                if not self._is_lost():
                    raise
            return self._run(statement, values)
        except psycopg.OperationalError as error:
            raise TransientError(f"Postgres: {type(error).__name__}") from error

    def _run(self, statement: str, values: Mapping[str, object]) -> tuple[Any, ...] | None:
        return self._cursor().execute(statement, values).fetchone()

    def _cursor(self) -> psycopg.Cursor[tuple[Any, ...]]:
        """One for all statements: it remembers how to write each kind of value, which a new one would look up again (10 µs)."""
        cursor: psycopg.Cursor[tuple[Any, ...]] | None = getattr(self._of_thread, "cursor", None)
        if cursor is None or cursor.connection.closed:
            cursor = self._of_thread.cursor = self._connect().cursor()
        return cursor

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        raw = self.engine.raw_connection()
        connection = raw.driver_connection
        raw.detach()
        assert isinstance(connection, psycopg.Connection)  # noqa: S101  # the only driver that settings allow
        connection.rollback()
        connection.autocommit = True
        connection.execute(_ONE_PLAN)
        return connection

    def _is_lost(self) -> bool:
        cursor: psycopg.Cursor[tuple[Any, ...]] | None = getattr(self._of_thread, "cursor", None)
        return cursor is not None and (cursor.connection.broken or cursor.connection.closed)
