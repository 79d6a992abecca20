"""End a person's sessions in other browsers."""

from sqlalchemy import Connection

from shared.audit.record import Author, record_audit
from shared.auth.principal import Principal
from shared.auth.sessions import end_other_sessions


def end_sessions(
    connection: Connection, person: Principal, own: str, ip: str | None, session: str | None = None
) -> int:
    """One by its id, or all but the one whose secret name is `own`. Returns how many there were; a session that is over is none."""
    ended = end_other_sessions(connection, person.id, own, session)
    if ended:
        record_audit(connection, Author(person.id, ip), "session.ended", f"user/{person.id}", after={"sessions": ended})
    return ended
