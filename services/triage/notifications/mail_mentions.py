"""Has notify send an e-mail to people who did not read a mention."""

from typing import Any

from sqlalchemy import Connection, Row, text
from uuid_utils.compat import uuid7

from shared.auth.users import find_principal_by_id
from shared.events.contracts import Event, person_mentioned
from shared.events.log import record

STEP = 100

_DUE = text("""
    select n.id, n.account, n.ticket, n.facts, t.team from triage.notifications n join triage.tickets t on t.reference = n.ticket
    where n.id in (
        select id from triage.notifications
        where kind = 'mention' and read_at is null and mailed_at is null
          and at <= clock_timestamp() - make_interval(secs => :seconds)
        order by at limit :step for update skip locked)
""")
_MARK = text("update triage.notifications set mailed_at = clock_timestamp() where id = any(:ids)")


def mail_mentions(connection: Connection, minutes: float) -> bool:
    """Record an event for each mention that was unread for `minutes`. Returns whether there may be more.

    Nobody whose account was closed, or who may no longer read the ticket, gets an e-mail.
    """
    due = connection.execute(_DUE, {"seconds": minutes * 60, "step": STEP}).all()
    if not due:
        return False
    connection.execute(_MARK, {"ids": [row.id for row in due]})
    record(connection, [event for row in due if (event := _event(connection, row))])
    return len(due) == STEP


def _event(connection: Connection, row: Row[Any]) -> Event | None:
    person = find_principal_by_id(connection, row.account)
    if person is None or not person.may_read(row.team):
        return None
    payload = {"locale": "en", "reference": row.ticket, "by": row.facts.get("by")}
    return person_mentioned(str(uuid7()), payload, {"email": person.email})
