"""The page of one ticket, its claim and its files."""

import re
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from services.triage.claims.claim_ticket import claim_ticket
from services.triage.claims.extend_claim import extend_claim
from services.triage.claims.release_claim import release_claim
from services.triage.claims.take_over import take_over
from services.triage.console.emails.kind_titles import kind_titles
from services.triage.console.layout.form_input import text_field
from services.triage.console.layout.layout import show_tabs
from services.triage.console.queue.pages import LEASE_SECONDS
from services.triage.console.ticket.files import policy_with_files, view_of
from services.triage.console.ticket.news import news_words
from services.triage.console.ticket.own_files import kept_uploads
from services.triage.console.ticket.read_page import TicketPage, last_line, read_ticket_page
from services.triage.conversation.read_conversation import NEWEST
from services.triage.current_deps import deps
from services.triage.tickets.read_ticket import find_attachment
from services.triage.uploads.unused_uploads import unused_uploads
from shared.attachment_types import EXTENSIONS
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal
from shared.storage.object_store import LONGEST_LINK

ACCEPTED_FILES = ",".join(f".{extension}" for extension in EXTENSIONS)


def add_tickets(blueprint: Blueprint) -> None:
    """The routes /tickets/<reference>, below it for the claim, and /attachments/<id>."""

    @blueprint.get("/tickets/<reference>")
    @authorised("tickets.read", by="session")
    def ticket(reference: str) -> ResponseReturnValue:
        return show_ticket(reference, request.args.get("do", ""), {}, 200)

    @blueprint.get("/tickets/<reference>/news")
    @authorised("tickets.read", by="session", counts_as_use=False)
    def ticket_news(reference: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            line = last_line(connection, reference, principal())
            return {"line": line, "words": news_words(connection, reference, _line(request.args.get("line", "")))}

    @blueprint.post("/tickets/<reference>/claim")
    @authorised("tickets.write", by="session")
    def claim(reference: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            claim_ticket(connection, reference, principal(), LEASE_SECONDS)
        return to_ticket(reference, "claimed")

    @blueprint.post("/tickets/<reference>/taking-over")
    @authorised("claims.take-over", by="session")
    def take_over_claim(reference: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            take_over(connection, reference, principal(), LEASE_SECONDS)
        return to_ticket(reference, "taken-over")

    @blueprint.post("/tickets/<reference>/claims/<uuid:claim>/more-time")
    @authorised("tickets.write", by="session")
    def extend_lease(reference: str, claim: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            extend_claim(connection, claim, principal(), LEASE_SECONDS)
        return to_ticket(reference, "extended")

    @blueprint.post("/tickets/<reference>/claims/<uuid:claim>/giving-back")
    @authorised("tickets.write", by="session")
    def give_back(reference: str, claim: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            release_claim(connection, claim, principal(), text_field("reason") or None)
        return to_ticket(reference, "given-back")

    @blueprint.get("/attachments/<uuid:attachment>")
    @authorised("tickets.read", by="session")
    def attachment(attachment: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            key, name, media_type, _ = find_attachment(connection, attachment, principal())
        return redirect(deps().store.presign(key, name, LONGEST_LINK, media_type), 302)

    @blueprint.get("/attachments/<uuid:attachment>/view")
    @authorised("tickets.read", by="session")
    def view_attachment(attachment: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            key, name, media_type, state = find_attachment(connection, attachment, principal())
        inline = view_of(media_type, state) is not None
        answer = redirect(deps().store.presign(key, name, LONGEST_LINK, media_type, inline=inline), 302)
        # Our own page shows it.
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'self'"
        return answer


def to_ticket(reference: str, done: str) -> Response:
    """Redirect to the ticket's page, which shows the message of the code `done`."""
    return make_response(redirect(url_for("console.ticket", reference=reference, done=done), 303))


def show_ticket(
    reference: str,
    panel: str,
    errors: Mapping[str, Sequence[str]],
    status: int,
    new: Collection[int] = (),
    sent: MultiDict[str, str] | None = None,
) -> Response:
    """The ticket's page with the panel of this name open; `errors`: why its form was refused, by field; `new`: entries to mark; `sent`:
    what the form holds (default: what was sent or, on a fresh page, the reader's draft).

    Where the panel is no longer offered (the lease ended, a lead took over the claim), the page shows the text that was not sent.
    """
    titles = kind_titles(principal())
    with deps().engine.begin() as connection:
        kept = panel if new else ""
        page = read_ticket_page(connection, deps(), reference, principal(), titles, _before(), new, kept)
        is_refused = bool(errors or new)
        opened = _opened(page, panel, is_refused)
        draft = None if request.form else page.sending.draft_of(opened)
        kept_files = unused_uploads(connection, principal(), draft.uploads if draft else kept_uploads())
        show_tabs(connection, principal())
    is_gone = is_refused and opened != panel
    html = render_template(
        "ticket/ticket.html",
        page=page,
        ticket=page.ticket,
        opened=opened,
        messages=[message for messages in errors.values() for message in messages],
        wrong_fields=list(errors),
        form=sent if sent is not None else draft.form if draft else request.form,
        draft=draft,
        kept_files=kept_files,
        accepted_files=ACCEPTED_FILES,
        is_unsent=is_gone,
        unsent_text=request.form.get("message") or request.form.get("reason") if is_gone else None,
    )
    answer = make_response(html, status)
    answer.headers["Content-Security-Policy"] = policy_with_files(deps())
    return answer


def _opened(page: TicketPage, panel: str, is_refused: bool) -> str:
    """The panel to open: the one asked for, or the answer to the requester; an internal note only when asked for."""
    offered = [one.name for one in page.panels]
    if panel in offered:
        return panel
    drafts = [one.action for one in page.sending.drafts if one.is_mine and one.action in offered]
    if drafts and not is_refused:
        return drafts[-1]
    answers = [one.name for one in page.panels if not one.action.is_internal]
    is_ours = page.mine or page.ticket["state"] in ("waiting", "held")
    return answers[0] if answers and is_ours and not is_refused else ""


def _line(given: str) -> int:
    """The id of a timeline entry; 0 for anything else."""
    return int(given) if re.fullmatch(r"[0-9]{1,18}", given) else 0


def _before() -> int:
    """The line id before which the timeline is shown. Raises Unprocessable."""
    given = request.args.get("before", str(NEWEST))
    if not re.fullmatch(r"\d{1,18}", given) and given != str(NEWEST):
        raise Unprocessable({"before": ["Not a line of a timeline."]})
    return int(given)
