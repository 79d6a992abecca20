"""The page of a ticket, whatever was asked of it."""

from datetime import UTC, datetime

from flask import Response, make_response, render_template, request
from markupsafe import Markup

from services.intake.current_deps import deps
from services.intake.tickets.view_ticket import Ticket
from services.intake.web.languages import current_language, format_moment, page_locale
from services.intake.web.submission.evidence_sections import EvidenceSection, evidence_sections
from services.intake.web.submission.form_input import FILE, FormInput, in_form_order
from services.intake.web.submission.pages import form_token, shown_errors
from services.intake.web.submission.rejection import Rejection
from services.intake.web.submission.staged_file import chosen_a_file, kept_file
from services.intake.web.ticket.progress import heading_of, steps_of
from services.intake.web.ticket.thread import thread_of
from shared.catalog.model import Category
from shared.mail.addresses import masked


def ticket_page(found: Ticket, key: str, entered: FormInput, rejected: Rejection | None = None) -> Response:
    """The page, with what was entered and the errors in it where something was rejected."""
    category = category_of(found)
    missing = missing_sections(category, found)
    errors = in_form_order(rejected.errors, category) if rejected else {}
    kept = kept_file(errors)
    asked = [f"details.{slot.id}" for section in missing for slot in section.slots if slot.typed]
    settings = deps().settings
    page = render_template(
        "ticket/ticket.html",
        ticket=found,
        key=key,
        category=category,
        **_standing(found, bool(missing)),
        thread=thread_of(found.conversation, deps().catalog, category, deps().catalog.network, current_language()),
        shows_answers=_shows_answers(found),
        masked=masked,
        missing=missing,
        just=request.args.get("just", ""),
        local=settings.triage_url if settings.local_mailbox else "",
        form_token=form_token(),
        kept_file=kept,
        file_lost=kept is None and chosen_a_file(),
        entered=entered.shown,
        **shown_errors(errors, ["email", "message", FILE, *asked]),
    )
    return private(make_response(page, rejected.status if rejected else 200, rejected.headers if rejected else {}))


def _standing(found: Ticket, waits_for_evidence: bool) -> dict[str, object]:
    """Where it stands: heading, steps, and by when we answer."""
    language = current_language()
    steps = steps_of(
        found.status,
        found.created_at,
        _team_name(found.team),
        language,
        waits_for_evidence=waits_for_evidence,
        shows_answers=_shows_answers(found),
        merged_into=found.merged_into,
    )
    heading = heading_of(found.status, waits_for_evidence, language, found.merged_into)
    due = found.answer_by if found.status == "with_team" else None
    answer_by = {"at": due, "late": due < datetime.now(UTC)} if due else None
    return {"heading": heading, "steps": steps, "answer_by": answer_by, "moment": _moment}


def _shows_answers(found: Ticket) -> bool:
    """Whether something that we wrote is on the page."""
    return any(entry.author.role != "requester" for entry in found.conversation)


def _moment(at: datetime) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), format_moment(at, page_locale()))


def missing_sections(category: Category, found: Ticket) -> list[EvidenceSection]:
    """What is still missing, in sections: the slots of an any_of group share one. Of a merged ticket nothing is asked for."""
    if found.merged_into:
        return []
    return [
        section.among(found.missing_evidence)
        for section in evidence_sections(category, found.details)
        if section.names(found.missing_evidence)
    ]


def category_of(found: Ticket) -> Category:
    """The category of a ticket, under its present path where it was renamed since."""
    catalog = deps().catalog
    return catalog.resolve(found.category) or catalog.categories[found.category]


def _team_name(team: str | None) -> Markup | None:
    """The title of the catalogue's segment of the same name; without one, the team's own name."""
    if team is None:
        return None
    title = deps().catalog.segments.get(team)
    return Markup.escape(title.in_locale(page_locale()).text if title else team.replace("-", " ").capitalize())


def private(response: Response) -> Response:
    """The address holds the key: no referrer may carry it, and no cache may keep the page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
