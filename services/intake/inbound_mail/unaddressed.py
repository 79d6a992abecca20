"""A mail that came to no ticket's address: it becomes a ticket, or its writer is pointed to the form, or it is only kept."""

from typing import Any

from sqlalchemy import Connection, Row

from services.intake.inbound_mail.lease import came_before, is_still_ours, settle
from services.intake.inbound_mail.mail import Mail
from services.intake.inbound_mail.mail_room import MailRoom
from services.intake.inbound_mail.open_ticket import open_by_mail
from shared.crash_points import crash_point
from shared.events.contracts import mail_turned_away
from shared.events.log import record


def take_unaddressed(room: MailRoom, row: Row[Any], mail: Mail) -> None:
    """Do with it what the settings say; a machine's mail opens nothing and is answered by nothing (RFC 3834).

    Raises what open_by_mail raises.
    """
    because = _left_alone(row, mail)
    if because is None and room.tickets is not None:
        open_by_mail(room, room.tickets, row, mail)
        return
    with room.engine.begin() as connection:
        if is_still_ours(connection, row):
            _end(connection, row, mail, because)
        crash_point("intake.rejection_written")
    crash_point("intake.rejection_committed")


def _left_alone(row: Row[Any], mail: Mail) -> str | None:
    """Why nothing is made of it and nobody is answered; None for a person's mail."""
    if mail.automatic is not None:
        return f"a machine wrote it: {mail.automatic}"
    if row.kind != "unknown":
        return "a machine wrote it"
    return None if mail.sender else "it does not say who it is from"


def _end(connection: Connection, row: Row[Any], mail: Mail, because: str | None) -> None:
    known = mail.known_by()
    if came_before(connection, row, mail):
        settle(connection, row, "repeated", **known)
    elif because is not None:
        settle(connection, row, "ignored", because=because, **known)
    else:
        payload = {"object": row.object, "locale": mail.language}
        record(connection, [mail_turned_away(row.correlation_id, payload)])
        settle(connection, row, "pointed", because="its writer is pointed to the form", **known)
