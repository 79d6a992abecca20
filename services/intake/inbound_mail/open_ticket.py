"""Opens a ticket by a mail to no ticket's address: it is submitted as the form would be, exactly once."""

from typing import Any

from sqlalchemy import Connection, Row

from services.intake.attachments.store import keep_file
from services.intake.deps import Deps
from services.intake.inbound_mail.files import checked_files
from services.intake.inbound_mail.lease import came_before, is_still_ours, record_outcome
from services.intake.inbound_mail.mail import Mail
from services.intake.inbound_mail.proposed_participants import proposed_participants
from services.intake.submissions.event import StoredFile
from services.intake.submissions.posted import Posted
from services.intake.submissions.receive_submission import receive_submission
from services.intake.submissions.submission import ByMail, Sender, Upload
from services.intake.tickets.access import lock_submission
from services.intake.tickets.write_follow_up import MOST_FILES, FollowUp, write_follow_up
from shared.attachments.check import CheckedFile
from shared.crash_points import crash_point
from shared.errors import Unprocessable

# A submission needs a message; a mail may be a file alone.
NO_WORDS = "[no text]"


def open_by_mail(deps: Deps, category: str, row: Row[Any], mail: Mail, unsure: str | None) -> None:
    """Submit it; as a submission holds one file, further ones are added as a follow-up.

    `unsure`: why a program may have written it; it gets no automatic answer then.

    Safe to retry: the mail is the idempotency key, and what follows is one transaction with the mail's outcome. Raises
    TooManyRequests, Unavailable and TransientError: the mail is to wait then.
    """
    if _is_repeated(deps, row, mail):
        return
    checked = checked_files(mail.files, MOST_FILES)
    cc = proposed_participants(mail, deps.settings)
    by_mail = ByMail(mail.quoted or None, checked.not_accepted, unsure, cc)
    uploads = [Upload(file.name, file.body) for file in checked.files[:1]]
    sender = Sender(_network(mail), row.correlation_id, idempotency_key=_key(row, mail), by_mail=by_mail)
    try:
        receipt = receive_submission(deps, Posted(_fields(category, mail), uploads), sender)
    except Unprocessable as refused:
        _park(deps, row, mail, refused)
        return
    crash_point("intake.mail_submitted")
    further = _kept(deps, checked.files[1:])
    crash_point("intake.further_files_stored")
    with deps.engine.begin() as connection:
        if is_still_ours(connection, row):
            _end(deps, connection, row, mail, receipt.reference, further)
        crash_point("intake.opening_written")
    crash_point("intake.opening_committed")


def _is_repeated(deps: Deps, row: Row[Any], mail: Mail) -> bool:
    with deps.engine.begin() as connection:
        repeated = is_still_ours(connection, row) and came_before(connection, row, mail)
        if repeated:
            record_outcome(connection, row, "repeated", **mail.known_by())
    crash_point("intake.copies_looked_for")
    return repeated


def _key(row: Row[Any], mail: Mail) -> str:
    """The same for two copies of a mail. Without a Message-ID two mails cannot be recognised as copies."""
    return f"mail:{mail.fingerprint().hex()}" if mail.message_id else row.object


def _network(mail: Mail) -> str:
    """What the limits count it under: the sender's domain, since mail comes from the networks of providers, not of persons."""
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


def _kept(deps: Deps, files: tuple[CheckedFile, ...]) -> list[StoredFile]:
    return [stored for file in files if (stored := keep_file(deps.store, file)) is not None]


def _end(
    deps: Deps, connection: Connection, row: Row[Any], mail: Mail, reference: str, further: list[StoredFile]
) -> None:
    known = mail.known_by()
    if came_before(connection, row, mail):
        record_outcome(connection, row, "repeated", reference=reference, **known)
        return
    submission = lock_submission(connection, reference)
    if further and submission is not None:
        sent = FollowUp(mail.fingerprint(), None, files=further, source="email")
        write_follow_up(connection, deps.catalog, submission, sent, row.correlation_id)
    record_outcome(connection, row, "opened", reference=reference, **known)


def _park(deps: Deps, row: Row[Any], mail: Mail, refused: Unprocessable) -> None:
    """Keep it for a person to read: no mail is dropped because a submission must meet more rules."""
    because = "; ".join(f"{name}: {' '.join(errors)}" for name, errors in refused.errors.items())
    with deps.engine.begin() as connection:
        if is_still_ours(connection, row):
            record_outcome(
                connection, row, "unreadable", because=f"it makes no submission ({because})", **mail.known_by()
            )
    crash_point("intake.mail_parked")
