"""The requester's pages as one blueprint."""

from email.utils import parseaddr
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.current_deps import deps
from services.intake.deps import Deps
from services.intake.web.error_pages import failure_page
from services.intake.web.help.pages import add_help_pages
from services.intake.web.languages import chosen_language, install_languages, keep_language, page_locale
from services.intake.web.submission.countries import countries
from services.intake.web.submission.field_checks import checks_of, file_needed
from services.intake.web.submission.pages import add_submission_pages
from services.intake.web.ticket.link_pages import add_link_pages
from services.intake.web.ticket.pages import add_ticket_pages
from shared.attachment_types import EXTENSIONS, USUAL_EXTENSIONS
from shared.attachments.check import LIMIT
from shared.catalog.model import Field
from shared.http.problems import show_errors_as_pages
from shared.mail.likely_address import RULE, likely_address
from shared.style import keep_versioned_files, look_blueprint, static_version

STATIC = Path(__file__).parent / "static"
# Back must bring the form as it was left, entered text and token included: it may be stored, though not reused without asking.
_STORED_FOR_BACK = "private, max-age=0"


def add_pages(app: Flask, deps: Deps) -> None:
    """Give `app` the requester's pages, their look, their languages, and errors as pages for people in a browser."""
    install_languages(app)
    app.jinja_env.globals.update(
        catalog=deps.catalog,
        network=deps.catalog.network,
        sender=parseaddr(deps.settings.mail_from)[1],
        static_file=static_file,
        chosen_language=chosen_language,
        options_of=options_of,
        country_options=lambda: [(code, name, "") for code, name in countries(page_locale())],
        checks_of=checks_of,
        likely_address=likely_address,
        address_rule=RULE,
        file_limit=LIMIT,
        file_needed=file_needed,
        file_types=", ".join(USUAL_EXTENSIONS),
        accepted_files=",".join(f".{extension}" for extension in EXTENSIONS),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(look_blueprint())
    app.register_blueprint(form_pages())
    keep_versioned_files(app)
    show_errors_as_pages(app, failure_page)


def form_pages() -> Blueprint:
    """The blueprint `form`."""
    pages = Blueprint("form", __name__, template_folder=".", static_folder=str(STATIC), static_url_path="/form")
    pages.url_defaults(keep_language)
    pages.after_request(_add_language_headers)
    add_help_pages(pages)
    add_submission_pages(pages)
    add_ticket_pages(pages)
    add_link_pages(pages)
    pages.add_url_rule("/demo-links/<key>", view_func=demo_link)
    return pages


def demo_link(key: str) -> ResponseReturnValue:
    """GET /demo-links/<key>: where the demo catalogue's links lead."""
    if key not in deps().catalog.links:
        abort(404)
    return render_template("demo_link.html", key=key)


def options_of(field: Field) -> list[tuple[str, str, str]]:
    """A choice field's options: value, label, the label's language."""
    labels = [(option.value, option.label.in_locale(page_locale())) for option in field.options]
    return [(value, label.text, label.lang) for value, label in labels]


def static_file(name: str) -> str:
    """The address of one of our static files, versioned by its content."""
    return url_for("form.static", filename=name, v=static_version(STATIC / name))


def _add_language_headers(response: Response) -> Response:
    """Name the page's language and what it was chosen by, and let Back find the page as it was left."""
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = page_locale()
        response.vary.add("Accept-Language")
        if response.status_code == 200 and request.method == "GET":
            response.headers.setdefault("Cache-Control", _STORED_FOR_BACK)
    return response
