"""The circuit breaker of sending: closed while e-mails are sent, open while the SMTP server is away or rejects us.

It is shared by all senders. While it is open, one sender at a time may try one e-mail (half-open). The table notify.gate stores `open`
for a closed breaker, and `outage` or `misconfigured`, the cause, for an open one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

HALF_OPEN_SECONDS = 10

_READ = text("select state, because, since from notify.gate")

_OPEN = text("""
    update notify.gate set state = :cause, because = :because,
        since = case when state = :cause then since else clock_timestamp() end,
        probe_at = clock_timestamp() + make_interval(secs => :pause)
""")

_CLOSE = text("""
    update notify.gate set state = 'open', because = null, since = clock_timestamp() where state <> 'open'
""")

_TRY_HALF_OPEN = text("""
    update notify.gate set probe_at = clock_timestamp() + make_interval(secs => :pause)
    where state <> 'open' and probe_at <= clock_timestamp() returning state
""")


@dataclass(frozen=True)
class Breaker:
    """`cause`: outage or misconfigured, None while it is closed; `because`: the server's words; `since`: the last change."""

    cause: str | None
    because: str | None
    since: datetime


def read_breaker(connection: Connection) -> Breaker:
    """Its state."""
    row = connection.execute(_READ).one()
    return Breaker(None if row.state == "open" else row.state, row.because, row.since)


def try_half_open(connection: Connection) -> bool:
    """Whether the caller may try one e-mail now, though the breaker is open; the next caller may after HALF_OPEN_SECONDS."""
    return connection.execute(_TRY_HALF_OPEN, {"pause": HALF_OPEN_SECONDS}).first() is not None


def open_breaker(connection: Connection, cause: str, because: str) -> None:
    """Stop all sending; `cause` is outage or misconfigured."""
    connection.execute(_OPEN, {"cause": cause, "because": because, "pause": HALF_OPEN_SECONDS})


def close_breaker(connection: Connection) -> None:
    """Let sending go on: the server accepted an e-mail, or gave a reply about one."""
    connection.execute(_CLOSE)
