"""Connections to PostgreSQL, with time-outs so that nothing waits for ever."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from shared.crash_points import effect
from shared.settings import PlatformSettings

STATEMENT_TIMEOUT = "15s"  # longer than any statement of ours by an order of magnitude
LOCK_TIMEOUT = "5s"  # a request or a batch that waits longer waits for something frozen
IDLE_TIMEOUT = "30s"  # a process stopped in mid-transaction gives its locks back then


def make_engine(
    settings: PlatformSettings,
    *,
    application: str,
    pool_size: int = 5,
    session: Mapping[str, str] | None = None,
    ping: bool = True,
) -> Engine:
    """An engine whose connections name themselves `application` in pg_stat_activity.

    It opens no connection yet, so it may be made before a fork. `pool_size` is also the upper bound; `session` are settings of
    PostgreSQL for its sessions; `ping`: check at each use that the server is still there, so that a restart costs no request.
    """
    given = {
        "statement_timeout": STATEMENT_TIMEOUT,
        "lock_timeout": LOCK_TIMEOUT,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT,
        "timezone": "UTC",
        **(session or {}),
    }
    return create_engine(
        settings.database_url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,  # a person may have written a statement's parameters, and errors are logged
        pool_pre_ping=ping,
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
