"""The gate to the SMTP server: open, or shut for everybody because the server is away or refuses us. One prober at a time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

PROBE_SECONDS = 10

_LOOK = text("select state, because, since from notify.gate")

_SHUT = text("""
    update notify.gate set state = :state, because = :because,
        since = case when state = :state then since else clock_timestamp() end,
        probe_at = clock_timestamp() + make_interval(secs => :rest)
""")

_OPEN = text("""
    update notify.gate set state = 'open', because = null, since = clock_timestamp() where state <> 'open'
""")

_PROBE = text("""
    update notify.gate set probe_at = clock_timestamp() + make_interval(secs => :rest)
    where state <> 'open' and probe_at <= clock_timestamp() returning state
""")


@dataclass(frozen=True)
class Gate:
    """`state`: open, outage or misconfigured; `because`: the server's words; `since`: when it came to be so."""

    state: str
    because: str | None
    since: datetime


def look(connection: Connection) -> Gate:
    """How the gate stands."""
    row = connection.execute(_LOOK).one()
    return Gate(row.state, row.because, row.since)


def may_probe(connection: Connection) -> bool:
    """Whether the caller is the one to try a shut gate now; the next one may in PROBE_SECONDS."""
    return connection.execute(_PROBE, {"rest": PROBE_SECONDS}).first() is not None


def shut(connection: Connection, state: str, because: str) -> None:
    """Shut it: `state` is outage or misconfigured."""
    connection.execute(_SHUT, {"state": state, "because": because, "rest": PROBE_SECONDS})


def reopen(connection: Connection) -> None:
    """The server took a mail or answered about one: it is open."""
    connection.execute(_OPEN)
