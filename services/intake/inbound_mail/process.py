"""Reads waiting mails: each is added to its ticket, opens one, or is kept whole for a person."""

import hashlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, Row

from services.intake.deps import Deps
from services.intake.inbound_mail.files import KeptFiles, keep_files
from services.intake.inbound_mail.lease import came_before, is_still_ours, leased, put_off, record_outcome
from services.intake.inbound_mail.mail import Mail, Unreadable
from services.intake.inbound_mail.proposed_participants import proposed_participants
from services.intake.inbound_mail.reading.read_mail import read_mail
from services.intake.inbound_mail.unaddressed import handle_unaddressed
from services.intake.tickets.access import lock_submission
from services.intake.tickets.current_ticket import add_to_current_ticket, current_ticket
from services.intake.tickets.write_follow_up import MOST_FILES, FollowUp, media_types_of, write_follow_up
from shared.attachments.errors import TicketFull
from shared.crash_points import crash_point
from shared.errors import TooManyRequests, TransientError, Unavailable
from shared.events.backlog import has_waiting
from shared.mail.addresses import folded_address
from shared.runtime.logs import logger

# A mail whose reader died this often is not read again, but kept for a person.
MOST_DEATHS = 5

log = logger(__name__)


def handle_mails(deps: Deps, may_go_on: Callable[[], bool]) -> int:
    """Read mails one by one while `may_go_on`; returns how many were processed. Raises DBAPIError."""
    handled = 0
    while may_go_on():
        with leased(deps.engine) as mail:
            if mail is None:
                break
            _handle(deps, mail)
            handled += 1
    return handled


def _handle(deps: Deps, row: Row[Any]) -> None:
    crash_point("intake.mail_leased")
    try:
        mail = _read(deps, row)
        if isinstance(mail, Unreadable):
            _park(deps, row, mail)
        elif row.ticket is None:
            handle_unaddressed(deps, row, mail)
        else:
            _handle_reply(deps, row, mail)
    except (TransientError, Unavailable, TicketFull, TooManyRequests) as error:
        log.warning("mail waits", object=row.object, error=type(error).__name__)
        with deps.engine.begin() as connection:
            put_off(connection, row, error.retry_after if isinstance(error, TooManyRequests) else 0)
        crash_point("intake.mail_put_off")


def _handle_reply(deps: Deps, row: Row[Any], mail: Mail) -> None:
    kept = keep_files(deps.store, mail.files, _files_left(deps.engine, row))
    crash_point("intake.reply_files_stored")
    with deps.engine.begin() as connection:
        if is_still_ours(connection, row):
            _add_reply(connection, deps, row, mail, kept)
        crash_point("intake.reply_written")
    crash_point("intake.reply_committed")


def _read(deps: Deps, row: Row[Any]) -> Mail | Unreadable:
    if row.attempts > MOST_DEATHS:
        return Unreadable(f"its reader died {MOST_DEATHS} times")
    if row.kind == "unreadable":
        return Unreadable("malformed MIME")
    named = row.ticket is not None
    return read_mail(deps.store.get(row.object), ticket_named=named, smtputf8=deps.settings.smtputf8)


def _park(deps: Deps, row: Row[Any], mail: Unreadable) -> None:
    """Keep it for a person, and report it to the ticket's agents, since its writer expects an answer."""
    with deps.engine.begin() as connection:
        if not is_still_ours(connection, row):
            return
        submission = lock_submission(connection, row.ticket) if row.ticket else None
        end = current_ticket(connection, submission) if submission is not None else None
        if end is not None:
            write_follow_up(connection, deps.catalog, end, _notice(row, mail), row.correlation_id)
        record_outcome(connection, row, "unreadable", because=mail.because, reference=end.reference if end else None)
        crash_point("intake.unreadable_written")
    crash_point("intake.unreadable_committed")
    log.warning("unreadable mail", object=row.object, because=mail.because)


def _notice(row: Row[Any], mail: Unreadable) -> FollowUp:
    """The follow-up that reports an unreadable mail to an agent."""
    itself = {"name": "the e-mail itself", "because": f"it could not be read: {mail.because}"}
    return FollowUp(
        content=hashlib.sha256(str(row.object).encode()).digest(),
        message=None,
        words={"not_taken": [itself]},
        source="email",
    )


def _files_left(engine: Engine, row: Row[Any]) -> int:
    """How many more files its ticket may hold."""
    with engine.begin() as connection:
        submission = lock_submission(connection, row.ticket)
        end = current_ticket(connection, submission) if submission is not None else None
        return MOST_FILES - len(media_types_of(connection, end.reference)) if end is not None else MOST_FILES


def _add_reply(connection: Connection, deps: Deps, row: Row[Any], mail: Mail, kept: KeptFiles) -> None:
    """Add the mail to its ticket and record the outcome, in one transaction."""
    known = mail.known_by()
    if came_before(connection, row, mail):
        record_outcome(connection, row, "repeated", **known)
        return
    submission = lock_submission(connection, row.ticket)
    if submission is None:
        if has_waiting(connection, "intake", row.ticket):
            raise TransientError("the ticket that an agent opened is not recorded yet")
        record_outcome(connection, row, "ignored", because="there is no such ticket", **known)
        return
    by_machine = row.kind == "automatic" or mail.automatic is not None
    if by_machine and current_ticket(connection, submission) is None:
        record_outcome(connection, row, "ignored", because="a machine wrote to a closed ticket", **known)
        return
    sent = _follow_up(deps, submission, mail, kept, by_machine)
    destination = add_to_current_ticket(connection, deps.catalog, submission, sent, row.correlation_id)
    record_outcome(
        connection, row, "opened" if destination.opened else "taken_in", reference=destination.reference, **known
    )


def _follow_up(deps: Deps, submission: Row[Any], mail: Mail, kept: KeptFiles, by_machine: bool) -> FollowUp:
    """The mail as a follow-up, with what an agent should know of it."""
    codes: dict[str, object] = {}
    if by_machine:
        codes["automatic"] = True
    elif mail.unsure is not None:
        codes["unsure"] = mail.unsure
    requester = (submission.personal or {}).get("email") or ""
    stranger = mail.sender is None or folded_address(mail.sender) != folded_address(requester)
    words: dict[str, object] = {
        "from": (mail.sender or "an unreadable address") if stranger else None,
        "quoted": mail.quoted or None,
        "not_taken": list(kept.not_accepted) or None,
        # Only the requester proposes others.
        "cc": None if stranger or by_machine else list(proposed_participants(mail, deps.settings)),
    }
    return FollowUp(
        content=mail.fingerprint(),
        message=mail.message or None,
        files=kept.files,
        codes=codes,
        words={name: value for name, value in words.items() if value},
        by_machine=by_machine,
        source="email",
    )
