"""After step 2: the receipt, which is also the page of where the note is; send more, take it back."""

from pathlib import Path

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from services.intake.web.desk import TicketView, desk
from services.intake.web.parts import parts
from services.intake.web.submission.evidence_sections import EvidenceSection, evidence_sections
from services.intake.web.submission.form_input import NOTHING_TYPED, Typed, in_form_order, read_typed
from services.intake.web.submission.pages import form_token, shown_faults
from services.intake.web.submission.rejection import REFUSALS, Refusal, refusal
from services.intake.web.submission.staged_file import FILE, chosen_a_file, kept_file, sent_files, wants_removal
from services.intake.web.ticket.local_mails import mails_about
from services.intake.web.ticket.progress import steps_of
from shared.catalog.model import Category
from shared.errors import NotFound


def add_ticket_pages(pages: Blueprint) -> None:
    """Add the pages below /t/. Each asks for the ticket's key; without it there is no such page."""
    pages.add_url_rule("/t/<reference>", view_func=ticket)
    pages.add_url_rule("/t/<reference>/follow-ups", view_func=follow_ups, methods=["POST"])
    pages.add_url_rule("/t/<reference>/withdrawal", view_func=withdrawal, methods=["POST"])
    pages.add_url_rule("/t/<reference>/mails", view_func=mails)
    pages.add_url_rule("/t/<reference>/address", view_func=address, methods=["POST"])


def ticket(reference: str) -> ResponseReturnValue:
    """GET /t/<reference>?key=…: where the note is, what is missing, and a form to send more."""
    key = request.args.get("key", "")
    return ticket_page(desk().follow(reference, key), key, NOTHING_TYPED)


def follow_ups(reference: str) -> ResponseReturnValue:
    """POST /t/<reference>/follow-ups: a message, a file, or what was missing; then 303 back to the page."""
    key = request.form.get("key", "")
    view = desk().follow(reference, key)
    typed = read_typed(request.form, category_of(view))
    if wants_removal():
        return ticket_page(view, key, typed)
    try:
        desk().add(reference, key, typed.addition(), sent_files(), parts().locale)
    except NotFound:
        raise
    except REFUSALS as error:
        return ticket_page(view, key, typed, refusal(error))
    return redirect(url_for("form.ticket", reference=reference, key=key, just="sent"), 303)


def withdrawal(reference: str) -> ResponseReturnValue:
    """POST /t/<reference>/withdrawal: the requester takes the note back; then 303 to the page."""
    key = request.form.get("key", "")
    desk().withdraw(reference, key)
    return redirect(url_for("form.ticket", reference=reference, key=key), 303)


def address(reference: str) -> ResponseReturnValue:
    """POST /t/<reference>/address: another address where our mail came back; then 303 to the page."""
    key = request.form.get("key", "")
    view = desk().follow(reference, key)
    try:
        desk().mend_address(reference, key, request.form.get("email", ""))
    except NotFound:
        raise
    except REFUSALS as error:
        return ticket_page(view, key, Typed({"email": request.form.get("email", "")}, frozenset()), refusal(error))
    return redirect(url_for("form.ticket", reference=reference, key=key, just="mended"), 303)


def mails(reference: str) -> ResponseReturnValue:
    """GET /t/<reference>/mails?key=…: in a local stack, the mails about this ticket; elsewhere there is no such page."""
    maildir = parts().settings.local_mailbox
    if maildir is None:
        abort(404)
    key = request.args.get("key", "")
    view = desk().follow(reference, key)
    found = mails_about(Path(maildir), view.reference)
    return _private(make_response(render_template("ticket/mails.html", mails=found, reference=view.reference, key=key)))


def ticket_page(view: TicketView, key: str, typed: Typed, refused: Refusal | None = None) -> Response:
    """The page, with what was typed and what is wrong with it where something was refused."""
    category = category_of(view)
    missing = missing_sections(category, view)
    faults = in_form_order(refused.faults, category) if refused else {}
    kept = kept_file(faults)
    asked = [f"details.{slot.id}" for section in missing for slot in section.slots if slot.typed]
    page = render_template(
        "ticket/ticket.html",
        ticket=view,
        key=key,
        category=category,
        steps=steps_of(view.status, view.created_at, _team_name(view.team), parts().phrases),
        missing=missing,
        just=request.args.get("just", ""),
        local=parts().settings.triage_url if parts().settings.local_mailbox else "",
        form_token=form_token(),
        kept_file=kept,
        file_lost=kept is None and chosen_a_file(),
        typed=typed.fields,
        **shown_faults(faults, ["email", "message", FILE, *asked]),
    )
    return _private(make_response(page, refused.status if refused else 200, refused.headers if refused else {}))


def missing_sections(category: Category, view: TicketView) -> list[EvidenceSection]:
    """What is still missing, in frames: of an any_of group all slots share one."""
    return [
        section.among(view.missing_evidence)
        for section in evidence_sections(category, view.details)
        if section.names(view.missing_evidence)
    ]


def category_of(view: TicketView) -> Category:
    """The category of a ticket, whatever became of it since."""
    catalog = parts().catalog
    return catalog.resolve(view.category) or catalog.categories[view.category]


def _team_name(team: str | None) -> Markup | None:
    """A team is called as the segment of the same name; another by its own name."""
    if team is None:
        return None
    title = parts().catalog.segments.get(team)
    return Markup.escape(title.in_locale(parts().locale).text if title else team.replace("-", " ").capitalize())


def _private(response: Response) -> Response:
    """The address holds the key: it must not travel on, nor may the page stay anywhere."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
