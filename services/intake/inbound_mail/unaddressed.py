"""Handles a mail to no ticket's address: a ticket is made of it, or its writer is pointed to the form, or it waits for a person, or is
only kept."""

from typing import Any

from sqlalchemy import Connection, Row

from services.intake.deps import Deps
from services.intake.inbound_mail.lease import came_before, is_still_ours, record_outcome
from services.intake.inbound_mail.mail import Mail
from services.intake.inbound_mail.open_ticket import open_by_mail
from shared.auth.blocked_senders import blocked_among
from shared.crash_points import crash_point
from shared.events.contracts import mail_turned_away
from shared.events.log import record


def handle_unaddressed(deps: Deps, row: Row[Any], mail: Mail) -> None:
    """Handle it as configured; an automatic mail opens no ticket and gets no answer (RFC 3834), unless a person asked for a ticket.

    Raises what open_by_mail raises.
    """
    by_program = _by_program(row, mail)
    wanted = row.category is not None
    category = row.category or deps.mail_category
    if category is not None and (wanted or by_program is None):
        open_by_mail(deps, category, row, mail, mail.automatic or mail.unsure or by_program)
        return
    with deps.engine.begin() as connection:
        if is_still_ours(connection, row):
            _end(connection, row, mail, by_program)
        crash_point("intake.rejection_written")
    crash_point("intake.rejection_committed")


def _by_program(row: Row[Any], mail: Mail) -> str | None:
    """Why it opens no ticket and gets no answer; None for a mail that a person wrote or may have written."""
    if mail.automatic is not None:
        return f"a machine wrote it: {mail.automatic}"
    if row.kind != "unknown":
        return "a machine wrote it"
    return None if mail.sender else "it has no sender"


def _end(connection: Connection, row: Row[Any], mail: Mail, by_program: str | None) -> None:
    known = mail.known_by()
    if came_before(connection, row, mail):
        record_outcome(connection, row, "repeated", **known)
    elif by_program is not None:
        record_outcome(connection, row, "ignored", because=by_program, **known)
    elif blocked_among(connection, [mail.sender]):
        record_outcome(connection, row, "blocked", because="its sender is blocked", **known)
    elif mail.unsure is not None:
        record_outcome(connection, row, "unsure", because=f"a machine may have written it: {mail.unsure}", **known)
    else:
        payload = {"object": row.object, "locale": mail.language}
        record(connection, [mail_turned_away(row.correlation_id, payload)])
        record_outcome(connection, row, "pointed", because="its writer is pointed to the form", **known)
