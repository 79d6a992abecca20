"""Puts the console's pages together."""

from collections.abc import Sequence

from flask import Blueprint, Flask, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.actions.action import Action
from services.triage.console.admin.event_pages import add_events
from services.triage.console.admin.password_pages import add_password
from services.triage.console.admin.people_pages import add_people
from services.triage.console.admin.sign_in_pages import add_sign_in, refuse_stale_form, to_sign_in
from services.triage.console.admin.webhook_pages import add_webhooks
from services.triage.console.emails.pages import add_emails, add_resends
from services.triage.console.emails.suppression_pages import add_suppressions
from services.triage.console.layout.forms import StaleForm, check_form, ours
from services.triage.console.layout.layout import add_frame
from services.triage.console.queue.pages import add_queues
from services.triage.console.queue.search_pages import add_search
from services.triage.console.reports.deflection_pages import add_deflection
from services.triage.console.reports.misroute_pages import add_misroutes
from services.triage.console.reports.service_level_pages import add_service_levels
from services.triage.console.rules.editor_pages import add_editor
from services.triage.console.rules.pages import add_rules
from services.triage.console.rules.replay_pages import add_replays
from services.triage.console.ticket.action_pages import add_actions
from services.triage.console.ticket.email_preview import add_email_preview
from services.triage.console.ticket.pages import add_tickets
from shared.errors import Forbidden, Unauthenticated
from shared.http.problems import answer_error, show_errors_as_pages
from shared.style import keep_versioned_files, look_blueprint

# What a status means to an agent.
TITLES = {
    400: "We could not read that",
    403: "This is not yours to see",
    404: "There is nothing here",
    409: "It changed meanwhile",
    422: "Something needs another look",
    429: "A little slower, please",
    503: "Something is away for a moment",
}
# Scripts ask with this header and want a problem, not a page.
SCRIPTED = "X-Requested-With"


def add_console(app: Flask, actions: Sequence[Action]) -> None:
    """Register the console and the shared look, and show errors as pages to people in a browser."""
    app.register_blueprint(make_blueprint(actions))
    app.register_blueprint(look_blueprint())
    keep_versioned_files(app)
    show_errors_as_pages(app, error_page)


def make_blueprint(actions: Sequence[Action]) -> Blueprint:
    """The blueprint `console`, at the root of the service."""
    blueprint = Blueprint(
        "console", __name__, template_folder="..", static_folder="static", static_url_path="/console/static"
    )
    blueprint.before_request(check_form)
    blueprint.register_error_handler(Unauthenticated, _sign_in_first)
    blueprint.register_error_handler(Forbidden, _refuse)
    add_frame(blueprint)
    add_sign_in(blueprint)
    add_queues(blueprint)
    add_webhooks(blueprint)
    add_tickets(blueprint)
    add_actions(blueprint, actions)
    add_email_preview(blueprint)
    add_search(blueprint)
    add_emails(blueprint)
    add_resends(blueprint)
    add_suppressions(blueprint)
    add_events(blueprint)
    add_people(blueprint)
    add_password(blueprint)
    add_rules(blueprint)
    add_editor(blueprint)
    add_replays(blueprint)
    add_misroutes(blueprint)
    add_deflection(blueprint)
    add_service_levels(blueprint)
    return blueprint


def error_page(answer: Response) -> ResponseReturnValue:
    """A problem as a page, with its status and headers."""
    title = g.get("title") or TITLES.get(answer.status_code, "That did not work")
    problem = {**answer.get_json(), "title": title}
    page = make_response(render_template("layout/error.html", problem=problem, back=back()), answer.status_code)
    for name in ("Retry-After",):
        if name in answer.headers:
            page.headers[name] = answer.headers[name]
    return page


def _sign_in_first(error: Unauthenticated) -> ResponseReturnValue:
    return answer_error(error) if SCRIPTED in request.headers else to_sign_in()


def _refuse(error: Forbidden) -> ResponseReturnValue:
    if request.endpoint == "console.sign_in_now":
        return refuse_stale_form()
    if isinstance(error, StaleForm):
        g.title = "This page is from before"
    return answer_error(error)


def back() -> str:
    """The page that a refused form stood on, where it is known: what was typed is still there."""
    return ours(request.form.get("back", ""))
