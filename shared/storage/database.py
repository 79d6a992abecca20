"""Connections to PostgreSQL, with time-outs so that nothing waits for ever."""

import select
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError

from shared.crash_points import effect
from shared.settings import PlatformSettings

STATEMENT_TIMEOUT = "15s"  # longer than any statement of ours by an order of magnitude
LOCK_TIMEOUT = "5s"  # a request or a batch that waits longer waits for something frozen
IDLE_TIMEOUT = "30s"  # a process stopped in mid-transaction gives its locks back then

WORKER = "-worker"
# Sessions of workers run few statements very often, on batches whose size the planner does not know. A generic plan is made once: to plan
# anew each time took longer than to run it. And while a table is young, the planner would read all of it for a batch of three rows; up
# to PostgreSQL 17 a table without an index then looks so expensive that the statement would be compiled, so that is off.
_WORKERS_SESSION = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "jit": "off"}


def make_engine(
    settings: PlatformSettings,
    *,
    application: str,
    pool_size: int = 5,
    session: Mapping[str, str] | None = None,
    ping: bool = True,
) -> Engine:
    """An engine whose connections name themselves `application` in pg_stat_activity.

    It opens no connection yet, so it may be made before a fork. `pool_size` is also the upper bound; 0: each use
    opens a connection and closes it, for rare uses in a process that forks. `session` are settings of
    PostgreSQL for its sessions, beside those of every worker, whose `application` ends with WORKER; `ping`: check at each use that the
    server did not end the connection, so that a restart costs no request.
    """
    given = {
        "statement_timeout": STATEMENT_TIMEOUT,
        "lock_timeout": LOCK_TIMEOUT,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT,
        "timezone": "UTC",
        **(_WORKERS_SESSION if application.endswith(WORKER) else {}),
        **(session or {}),
    }
    pool: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": 10}
    engine = create_engine(
        settings.database_url,
        **(pool if pool_size else {"poolclass": NullPool}),
        hide_parameters=True,  # a person may have written a statement's parameters, and errors are logged
        connect_args={
            "application_name": application,
            "connect_timeout": 5,
            "options": " ".join(f"-c {name}={value}" for name, value in given.items()),
            # A peer that vanished is noticed after about 20 s instead of two hours.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
        },
    )
    if ping:
        event.listen(engine, "checkout", _refuse_ended)
    return engine


def is_ended(connection: Any) -> bool:
    """Whether the server seems to have ended an idle connection of psycopg, without a round trip.

    A server that ends a session closes the socket or sends a last message; nothing else makes the socket of an idle one readable but a
    reload of the server's settings, after which a new connection costs little.
    """
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _refuse_ended(connection: Any, *_: object) -> None:
    """For the pool: have it open a new connection, and the others of the same age anew when they are used."""
    if is_ended(connection):
        raise InvalidatePoolError


@effect
@contextmanager
def autocommit(engine: Engine) -> Iterator[Connection]:
    """A connection on which every statement is its own transaction: one round trip fewer for lone reads."""
    with autocommit_session(engine) as connection:
        yield connection


def autocommit_session(engine: Engine) -> Connection:
    """As `autocommit`, for a caller that closes the connection itself."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


# Transient SQLSTATE classes: connection exception, operator intervention, insufficient
# resources, system error (a disk that fails or is full), transaction rollback (deadlock, serialization), lock not available, query
# cancelled by a time-out.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_TRANSIENT_STATES = ("08", "57", "53", "58", "40", "55P03", "25P03", "25P04")


def is_transient(error: BaseException) -> bool:
    """Whether this database error is transient: the work is to be tried again, and is not its cause."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return isinstance(error, OperationalError | InterfaceError)
    return str(state).startswith(_TRANSIENT_STATES)
