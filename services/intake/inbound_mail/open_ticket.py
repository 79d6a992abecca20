"""A mail to no ticket's address becomes a ticket, by the same way in as the form's notes, exactly once."""

from typing import Any

from sqlalchemy import Connection, Row

from services.intake.attachments.check import CheckedFile
from services.intake.attachments.store import keep_file
from services.intake.inbound_mail.files import checked_files
from services.intake.inbound_mail.lease import came_before, is_still_ours, settle
from services.intake.inbound_mail.mail import Mail
from services.intake.inbound_mail.mail_room import MailRoom
from services.intake.inbound_mail.ticket_settings import MailTickets
from services.intake.submissions.event import StoredFile
from services.intake.submissions.receive import receive_note
from services.intake.submissions.submission import ByMail, Sender, Upload
from services.intake.tickets.access import lock_submission
from services.intake.tickets.write_follow_up import MOST_FILES, FollowUp, write_follow_up
from shared.crash_points import crash_point
from shared.errors import Unprocessable

# A note says something; a mail may be a file alone.
NO_WORDS = "[no text]"


def open_by_mail(room: MailRoom, tickets: MailTickets, row: Row[Any], mail: Mail) -> None:
    """Submit it; as a note bears one file, further ones follow it at once.

    Whoever dies on the way is followed by another: the mail is the note's idempotency key, and what comes after is one transaction
    with its being settled. Raises TooManyRequests, Unavailable and TransientError: it is to wait then.
    """
    if _is_repeated(room, row, mail):
        return
    checked = checked_files(mail.files, MOST_FILES)
    by_mail = ByMail(mail.quoted or None, checked.not_taken)
    uploads = [Upload(file.name, file.body) for file in checked.files[:1]]
    sender = Sender(_network(mail), row.correlation_id, idempotency_key=_key(row, mail), by_mail=by_mail)
    try:
        receipt = receive_note(tickets.reception, _fields(tickets.category, mail), uploads, sender)
    except Unprocessable as refused:
        _park(room, row, mail, refused)
        return
    crash_point("intake.mail_submitted")
    further = _kept(room, checked.files[1:])
    crash_point("intake.further_files_stored")
    with room.engine.begin() as connection:
        if is_still_ours(connection, row):
            _end(room, connection, row, mail, receipt.reference, further)
        crash_point("intake.opening_written")
    crash_point("intake.opening_committed")


def _is_repeated(room: MailRoom, row: Row[Any], mail: Mail) -> bool:
    with room.engine.begin() as connection:
        repeated = is_still_ours(connection, row) and came_before(connection, row, mail)
        if repeated:
            settle(connection, row, "repeated", **mail.known_by())
    crash_point("intake.copies_looked_for")
    return repeated


def _key(row: Row[Any], mail: Mail) -> str:
    """Two copies of a mail share it. Without a Message-ID nothing says that two mails are the same."""
    return f"mail:{mail.fingerprint().hex()}" if mail.message_id else row.object


def _network(mail: Mail) -> str:
    """Whose share of the limits it takes; the networks that mail comes from are those of providers, not of persons."""
    return f"mail from {(mail.sender or '').rpartition('@')[2].lower()}"


def _fields(category: str, mail: Mail) -> dict[str, object]:
    return {
        "category": category,
        "email": mail.sender,
        "name": mail.sender_name,
        "subject": mail.subject,
        "message": mail.message or mail.subject or NO_WORDS,
        "locale": mail.language,
    }


def _kept(room: MailRoom, files: tuple[CheckedFile, ...]) -> list[StoredFile]:
    return [stored for file in files if (stored := keep_file(room.store, file)) is not None]


def _end(
    room: MailRoom, connection: Connection, row: Row[Any], mail: Mail, reference: str, further: list[StoredFile]
) -> None:
    known = mail.known_by()
    if came_before(connection, row, mail):
        settle(connection, row, "repeated", reference=reference, **known)
        return
    submission = lock_submission(connection, reference)
    if further and submission is not None:
        sent = FollowUp(mail.fingerprint(), None, files=further, codes={"source": "email"})
        write_follow_up(connection, room.catalog, submission, sent, row.correlation_id)
    settle(connection, row, "opened", reference=reference, **known)


def _park(room: MailRoom, row: Row[Any], mail: Mail, refused: Unprocessable) -> None:
    """For a person to read: nothing that came is thrown away because of a rule for notes."""
    because = "; ".join(f"{name}: {' '.join(faults)}" for name, faults in refused.errors.items())
    with room.engine.begin() as connection:
        if is_still_ours(connection, row):
            settle(connection, row, "unreadable", because=f"it makes no note ({because})", **mail.known_by())
    crash_point("intake.mail_parked")
