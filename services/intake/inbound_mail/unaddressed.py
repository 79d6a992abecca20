"""Handles a mail to no ticket's address: a ticket is made of it, or its writer is pointed to the form, or it is only kept."""

from typing import Any

from sqlalchemy import Connection, Row

from services.intake.deps import Deps
from services.intake.inbound_mail.lease import came_before, is_still_ours, record_outcome
from services.intake.inbound_mail.mail import Mail
from services.intake.inbound_mail.open_ticket import open_by_mail
from shared.crash_points import crash_point
from shared.events.contracts import mail_turned_away
from shared.events.log import record


def handle_unaddressed(deps: Deps, row: Row[Any], mail: Mail) -> None:
    """Handle it as configured; an automatic mail opens no ticket and gets no answer (RFC 3834).

    Raises what open_by_mail raises.
    """
    because = _ignored_because(row, mail)
    if because is None and deps.mail_category is not None:
        open_by_mail(deps, deps.mail_category, row, mail)
        return
    with deps.engine.begin() as connection:
        if is_still_ours(connection, row):
            _end(connection, row, mail, because)
        crash_point("intake.rejection_written")
    crash_point("intake.rejection_committed")


def _ignored_because(row: Row[Any], mail: Mail) -> str | None:
    """Why it opens no ticket and gets no answer; None for a person's mail."""
    if mail.automatic is not None:
        return f"a machine wrote it: {mail.automatic}"
    if row.kind != "unknown":
        return "a machine wrote it"
    return None if mail.sender else "it has no sender"


def _end(connection: Connection, row: Row[Any], mail: Mail, because: str | None) -> None:
    known = mail.known_by()
    if came_before(connection, row, mail):
        record_outcome(connection, row, "repeated", **known)
    elif because is not None:
        record_outcome(connection, row, "ignored", because=because, **known)
    else:
        payload = {"object": row.object, "locale": mail.language}
        record(connection, [mail_turned_away(row.correlation_id, payload)])
        record_outcome(connection, row, "pointed", because="its writer is pointed to the form", **known)
