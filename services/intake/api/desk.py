"""The requester's pages ask for the same use cases as the API, through this."""

from collections.abc import Mapping
from contextlib import suppress

from flask import g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import FileStorage

from services.intake.api.request_body import uploads_of
from services.intake.api.sender import correlation_id, network, sender_of
from services.intake.attachments.staged import find_staged, read_staged, remove_staged, stage_file
from services.intake.help_funnel.count_steps import Taken
from services.intake.submissions.receive import Reception, receive_note
from services.intake.submissions.spam_check import doubt_form, is_quick
from services.intake.submissions.submission import Upload, folded_address
from services.intake.submissions.validate import read_file
from services.intake.tickets.change_email import UNREACHED, mend_address
from services.intake.tickets.find_links import request_links
from services.intake.tickets.receive_follow_up import TOO_MANY, receive_follow_up
from services.intake.tickets.view_ticket import SentFile, follow_ticket
from services.intake.tickets.withdraw_ticket import withdraw_ticket
from services.intake.web.desk import Accepted, Files, KeptFile, Sent, SentForm, TicketView
from shared.errors import TooManyRequests, TransientError, UseCaseError
from shared.ticket_keys import ticket_key

TOO_OFTEN = "The links were asked for often in a short time. They are in our e-mails to you, or try again later."


class RequestDesk:
    """The use cases, for whoever sends the request that is being served."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._secret = reception.settings.secret

    def submit(self, note: Mapping[str, object], files: Files, form: SentForm, locale: str) -> Accepted:
        """Send a note."""
        reception, token = self._reception, form.token
        sender = sender_of(reception.engine, token.name if token else None)
        quick = is_quick(token.made_at if token else None)
        doubt_form(reception, sender.network, quick, form.trapped)
        receipt = receive_note(reception, note, self._uploads(files), sender, locale)
        g.replayed = receipt.replayed
        if quick and not receipt.replayed:
            reception.limiter.count(reception.settings.quick_forms, "quick", sender.network)
        return Accepted(receipt.reference, ticket_key(self._secret, receipt.reference, receipt.key_number))

    def follow(self, reference: str, key: str) -> TicketView:
        """Where a ticket is."""
        ticket = follow_ticket(self._reception.engine, self._secret, reference, key)
        first = Sent(ticket.created_at, ticket.message, _files(ticket.attachments))
        later = [Sent(one.created_at, one.message, _files(one.attachments)) for one in ticket.follow_ups]
        return TicketView(
            reference=ticket.reference,
            status=ticket.status,
            category=ticket.category,
            subject=ticket.subject,
            team=ticket.team,
            created_at=ticket.created_at,
            missing_evidence=ticket.missing_evidence,
            details=ticket.details,
            answer_by=ticket.answer_by,
            sent=(first, *later),
            unreached=ticket.email if ticket.mail_state in UNREACHED else None,
        )

    def add(self, reference: str, key: str, addition: Mapping[str, object], files: Files, locale: str) -> None:
        """Send more."""
        sent = self._uploads(files)
        g.replayed = receive_follow_up(
            self._reception, reference, key, addition, sent, correlation_id(), locale
        ).replayed

    def withdraw(self, reference: str, key: str) -> None:
        """Take a note back."""
        withdraw_ticket(self._reception.engine, self._secret, reference, key, correlation_id())

    def mend_address(self, reference: str, key: str, email: str) -> None:
        """Give another address where our mail came back; counted as a follow-up."""
        reception = self._reception
        limits = reception.settings.follow_ups
        if wait := reception.limiter.seconds_to_wait(limits, "follow-ups", reference):
            raise TooManyRequests(TOO_MANY, wait)
        mend_address(reception.engine, self._secret, reference, key, email, correlation_id())
        reception.limiter.count(limits, "follow-ups", reference)

    def request_links(self, email: str, locale: str, trapped: bool) -> None:
        """Have the links of all open tickets of an address sent to it."""
        reception = self._reception
        doubt_form(reception, network(), quick=False, trapped=trapped)
        asked = (("links", folded_address(email.strip())), ("links-of-network", network()))
        limits = (reception.settings.links, reception.settings.submissions)
        waits = [reception.limiter.seconds_to_wait(limit, *whom) for limit, whom in zip(limits, asked, strict=True)]
        if any(waits):
            raise TooManyRequests(TOO_OFTEN, max(waits))
        request_links(reception.engine, email, locale, correlation_id())
        for limit, whom in zip(limits, asked, strict=True):
            reception.limiter.count(limit, *whom)

    def count_step(self, step: str, path: str) -> None:
        """One more took this step at a help topic."""
        browser = f"{request.user_agent.string[:300]}\n{request.headers.get('Accept-Language', '')[:100]}"
        self._reception.funnel.note(Taken(step, path, network(), browser))

    def keep(self, files: list[FileStorage]) -> KeptFile | None:
        """Keep a file for the form's next try. Nothing that goes wrong here is worth another error: the file is asked for again."""
        for file in files:
            file.stream.seek(0)
        try:
            checked = read_file(uploads_of(files), {})
            if checked is None:
                return None
            staged = stage_file(self._reception.engine, self._reception.store, checked, network())
        except (UseCaseError, TransientError, DBAPIError, PoolTimeout):
            return None
        return KeptFile(staged.token, staged.name, staged.size)

    def kept(self, token: str) -> KeptFile | None:
        """The file kept before, if it still is."""
        try:
            staged = find_staged(self._reception.engine, token)
        except (DBAPIError, PoolTimeout):
            return None
        return KeptFile(staged.token, staged.name, staged.size) if staged else None

    def drop(self, token: str) -> None:
        """Forget it."""
        with suppress(DBAPIError, PoolTimeout):
            remove_staged(self._reception.engine, self._reception.store, token)

    def _uploads(self, files: Files) -> list[Upload]:
        chosen = [upload for upload in uploads_of(files.chosen) if upload.name or upload.body]
        if chosen or not files.kept:
            return chosen
        return [read_staged(self._reception.engine, self._reception.store, files.kept)]


def _files(files: tuple[SentFile, ...]) -> tuple[tuple[str, int], ...]:
    return tuple((file.name, file.size) for file in files)
