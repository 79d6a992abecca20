"""Read the mails that wait: each is taken into its ticket, opens one, or is kept whole for a person."""

import hashlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, Row

from services.intake.attachments.errors import TicketFull
from services.intake.inbound_mail.files import KeptFiles, keep_files
from services.intake.inbound_mail.lease import came_before, is_still_ours, put_off, settle, taken
from services.intake.inbound_mail.mail import Mail, Unreadable
from services.intake.inbound_mail.mail_room import MailRoom
from services.intake.inbound_mail.read_mail import read_mail
from services.intake.inbound_mail.unaddressed import take_unaddressed
from services.intake.submissions.submission import folded_address
from services.intake.tickets.access import lock_submission
from services.intake.tickets.current_ticket import living_end, take_in
from services.intake.tickets.write_follow_up import MOST_FILES, FollowUp, media_types_of, write_follow_up
from shared.catalog.model import Catalog
from shared.crash_points import crash_point
from shared.errors import TooManyRequests, TransientError, Unavailable
from shared.runtime.logs import logger

# A mail whose reader died so often is not read again; a person looks at it.
MOST_DEATHS = 5

log = logger(__name__)


def handle_mails(room: MailRoom, may_go_on: Callable[[], bool]) -> int:
    """Read mails one by one while `may_go_on`; returns how many were looked at. Raises DBAPIError."""
    handled = 0
    while may_go_on():
        with taken(room.engine) as mail:
            if mail is None:
                break
            _handle(room, mail)
            handled += 1
    return handled


def _handle(room: MailRoom, row: Row[Any]) -> None:
    crash_point("intake.mail_leased")
    try:
        mail = _read(room, row)
        if isinstance(mail, Unreadable):
            _park(room, row, mail)
        elif row.ticket is None:
            take_unaddressed(room, row, mail)
        else:
            _take_reply(room, row, mail)
    except (TransientError, Unavailable, TicketFull, TooManyRequests) as error:
        log.warning("mail waits", object=row.object, error=type(error).__name__)
        with room.engine.begin() as connection:
            put_off(connection, row, error.retry_after if isinstance(error, TooManyRequests) else 0)
        crash_point("intake.mail_put_off")


def _take_reply(room: MailRoom, row: Row[Any], mail: Mail) -> None:
    kept = keep_files(room.store, mail.files, _room_for_files(room.engine, row))
    crash_point("intake.reply_files_stored")
    with room.engine.begin() as connection:
        if is_still_ours(connection, row):
            _take(connection, room.catalog, row, mail, kept)
        crash_point("intake.reply_written")
    crash_point("intake.reply_committed")


def _read(room: MailRoom, row: Row[Any]) -> Mail | Unreadable:
    if row.attempts > MOST_DEATHS:
        return Unreadable(f"whoever read it died, {MOST_DEATHS} times")
    if row.kind == "unreadable":
        return Unreadable("malformed MIME")
    return read_mail(room.store.get(row.object))


def _park(room: MailRoom, row: Row[Any], mail: Unreadable) -> None:
    """Keep it for a person; whoever has its ticket is told that it came, since its writer waits for an answer."""
    with room.engine.begin() as connection:
        if not is_still_ours(connection, row):
            return
        submission = lock_submission(connection, row.ticket) if row.ticket else None
        end = living_end(connection, submission) if submission is not None else None
        if end is not None:
            write_follow_up(connection, room.catalog, end, _notice(row, mail), row.correlation_id)
        settle(connection, row, "unreadable", because=mail.because, reference=end.reference if end else None)
        crash_point("intake.unreadable_written")
    crash_point("intake.unreadable_committed")
    log.warning("unreadable mail", object=row.object, because=mail.because)


def _notice(row: Row[Any], mail: Unreadable) -> FollowUp:
    """What an agent learns of a mail that nobody could read."""
    itself = {"name": "the e-mail itself", "because": f"nobody could read it: {mail.because}"}
    return FollowUp(
        content=hashlib.sha256(str(row.object).encode()).digest(),
        message=None,
        codes={"source": "email"},
        words={"not_taken": [itself]},
    )


def _room_for_files(engine: Engine, row: Row[Any]) -> int:
    """How many more files its ticket takes."""
    with engine.begin() as connection:
        submission = lock_submission(connection, row.ticket)
        end = living_end(connection, submission) if submission is not None else None
        return MOST_FILES - len(media_types_of(connection, end.reference)) if end is not None else MOST_FILES


def _take(connection: Connection, catalog: Catalog, row: Row[Any], mail: Mail, kept: KeptFiles) -> None:
    """What comes of the mail, in one transaction with its being settled."""
    known = mail.known_by()
    if came_before(connection, row, mail):
        settle(connection, row, "repeated", **known)
        return
    submission = lock_submission(connection, row.ticket)
    if submission is None:
        settle(connection, row, "ignored", because="there is no such ticket", **known)
        return
    by_machine = row.kind == "automatic" or mail.automatic is not None
    if by_machine and living_end(connection, submission) is None:
        settle(connection, row, "ignored", because="a machine wrote to a ticket that is done with", **known)
        return
    sent = _follow_up(submission, mail, kept, by_machine)
    went = take_in(connection, catalog, submission, sent, row.correlation_id)
    settle(connection, row, "opened" if went.opened else "taken_in", reference=went.reference, **known)


def _follow_up(submission: Row[Any], mail: Mail, kept: KeptFiles, by_machine: bool) -> FollowUp:
    """The mail as a follow-up: what an agent should know of it goes along."""
    codes: dict[str, object] = {"source": "email"}
    if by_machine:
        codes["automatic"] = True
    requester = (submission.personal or {}).get("email") or ""
    stranger = mail.sender is None or folded_address(mail.sender) != folded_address(requester)
    words: dict[str, object] = {
        "from": (mail.sender or "an unreadable address") if stranger else None,
        "quoted": mail.quoted or None,
        "not_taken": list(kept.not_taken) or None,
    }
    return FollowUp(
        content=mail.fingerprint(),
        message=mail.message or None,
        files=kept.files,
        codes=codes,
        words={name: value for name, value in words.items() if value},
        by_machine=by_machine,
    )
