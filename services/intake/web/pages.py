"""The requester's pages as one blueprint."""

from email.utils import parseaddr

from flask import Blueprint, Flask, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from services.intake.web.error_pages import failure_page
from services.intake.web.help.pages import add_help_pages
from services.intake.web.languages import speak
from services.intake.web.parts import (
    STATIC,
    FormParts,
    chosen_language,
    keep_language,
    keep_parts,
    parts,
    same_page,
    static_file,
)
from services.intake.web.sentences import load_phrasebooks
from services.intake.web.submission.countries import countries
from services.intake.web.submission.pages import add_note_pages
from services.intake.web.ticket.link_pages import add_link_pages
from services.intake.web.ticket.pages import add_ticket_pages
from shared.catalog.model import Catalog, Field
from shared.http.problems import show_errors_as_pages
from shared.settings import PlatformSettings
from shared.style import keep_versioned_files, look_blueprint

# Back must bring the form as it was left, typed text and token included, so it may be kept, though never used unasked.
_KEPT_FOR_BACK = "private, max-age=0"


def add_pages(app: Flask, settings: PlatformSettings, catalog: Catalog) -> None:
    """Give `app` the requester's pages, their look, their languages, and errors as pages for people in a browser."""
    books = load_phrasebooks()
    keep_parts(app.extensions, FormParts(catalog, settings, books))
    speak(app, books)
    app.jinja_env.globals.update(
        catalog=catalog,
        network=catalog.network,
        sender=parseaddr(settings.mail_from)[1],
        same_page=same_page,
        static_file=static_file,
        chosen_language=chosen_language,
        options_of=options_of,
        country_options=lambda: [(code, name, "") for code, name in countries(parts().locale)],
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
    pages.after_request(_of_its_language)
    add_help_pages(pages)
    add_note_pages(pages)
    add_ticket_pages(pages)
    add_link_pages(pages)
    pages.add_url_rule("/demo-links/<key>", view_func=demo_link)
    return pages


def demo_link(key: str) -> ResponseReturnValue:
    """GET /demo-links/<key>: where the demo catalogue's links lead."""
    if key not in parts().catalog.links:
        abort(404)
    return render_template("demo_link.html", key=key)


def options_of(field: Field) -> list[tuple[str, str, str]]:
    """A choice field's options: value, label, the label's language."""
    labels = [(option.value, option.label.in_locale(parts().locale)) for option in field.options]
    return [(value, label.text, label.lang) for value, label in labels]


def _of_its_language(response: Response) -> Response:
    """Say which language was chosen and by what, and let Back find a page as it was left."""
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = parts().locale
        response.vary.add("Accept-Language")
        if response.status_code == 200 and request.method == "GET":
            response.headers.setdefault("Cache-Control", _KEPT_FOR_BACK)
    return response
