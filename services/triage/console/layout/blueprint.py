"""The console's blueprint, made of the pages of each subject, and its error pages."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Flask, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.actions.action import Action
from services.triage.console.admin import pages as admin
from services.triage.console.blocked_senders import pages as blocked_senders
from services.triage.console.bulk import pages as bulk
from services.triage.console.emails import pages as emails
from services.triage.console.layout.csrf import StaleForm, check_form, own_path
from services.triage.console.layout.layout import add_layout
from services.triage.console.layout.policy import add_policy
from services.triage.console.layout.static_files import add_static_files
from services.triage.console.live import pages as live
from services.triage.console.queue import pages as queue
from services.triage.console.reports import pages as reports
from services.triage.console.rules import pages as rules
from services.triage.console.saved_replies import pages as saved_replies
from services.triage.console.search import pages as search
from services.triage.console.search import view_pages as views
from services.triage.console.sending import pages as sending
from services.triage.console.sign_in import pages as sign_in
from services.triage.console.ticket.action_pages import add_actions
from services.triage.console.ticket.email_preview import add_email_preview
from services.triage.console.ticket.merge_pages import add_merge_pages
from services.triage.console.ticket.pages import add_tickets
from services.triage.console.ticket.snooze_pages import add_snoozes
from services.triage.console.webhooks import pages as webhooks
from services.triage.console.yours import pages as yours
from shared.errors import Forbidden, Unauthenticated
from shared.http.problems import answer_error, show_errors_as_pages
from shared.style import keep_versioned_files, look_blueprint

# Each adds the routes of one subject; a new subject is added here.
SUBJECTS: Sequence[Callable[[Blueprint], None]] = (
    sign_in.add_pages,
    queue.add_pages,
    search.add_pages,
    views.add_pages,
    yours.add_pages,
    bulk.add_pages,
    add_tickets,
    add_merge_pages,
    add_email_preview,
    sending.add_pages,
    saved_replies.add_pages,
    emails.add_pages,
    webhooks.add_pages,
    blocked_senders.add_pages,
    add_snoozes,
    rules.add_pages,
    reports.add_pages,
    admin.add_pages,
    live.add_pages,
)

# Titles of error pages.
TITLES = {
    400: "The request could not be read",
    403: "You may not see this page",
    404: "Page not found",
    409: "It was changed in the meantime",
    422: "Something is not right yet",
    429: "Too many requests",
    503: "Temporarily unavailable",
}
# Scripts send this header and get a problem document instead of a page.
SCRIPT_HEADER = "X-Requested-With"


def add_console(app: Flask, actions: Sequence[Action]) -> None:
    """Register the console and the shared style sheet; show errors as pages to browsers."""
    app.register_blueprint(make_blueprint(actions))
    app.register_blueprint(look_blueprint())
    keep_versioned_files(app)
    show_errors_as_pages(app, error_page)


def make_blueprint(actions: Sequence[Action]) -> Blueprint:
    """The blueprint `console`, at the root of the service."""
    blueprint = Blueprint("console", __name__, template_folder="..")
    blueprint.before_request(check_form)
    blueprint.register_error_handler(Unauthenticated, _ask_to_sign_in)
    blueprint.register_error_handler(Forbidden, _forbidden_page)
    add_layout(blueprint)
    add_policy(blueprint)
    add_static_files(blueprint)
    for add_pages in SUBJECTS:
        add_pages(blueprint)
    add_actions(blueprint, actions)
    return blueprint


def error_page(answer: Response) -> ResponseReturnValue:
    """A problem document as a page with the same status."""
    title = g.get("title") or TITLES.get(answer.status_code, "Something went wrong")
    problem = {**answer.get_json(), "title": title}
    page = make_response(render_template("layout/error.html", problem=problem, back=_sent_from()), answer.status_code)
    if "Retry-After" in answer.headers:
        page.headers["Retry-After"] = answer.headers["Retry-After"]
    return page


def _ask_to_sign_in(error: Unauthenticated) -> ResponseReturnValue:
    return answer_error(error) if SCRIPT_HEADER in request.headers else sign_in.to_sign_in()


def _forbidden_page(error: Forbidden) -> ResponseReturnValue:
    if request.endpoint == "console.sign_in_now":
        return sign_in.refuse_stale_form()
    if isinstance(error, StaleForm):
        g.title = "This page is out of date"
    return answer_error(error)


def _sent_from() -> str:
    """The path of the page with the form that was rejected, if the form holds it; else empty."""
    return own_path(request.form.get("back", ""))
