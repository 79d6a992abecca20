"""Pages for errors: what happened, and what to do."""

from collections.abc import Callable

from flask import Response, make_response, render_template, request, url_for
from markupsafe import Markup

from services.intake.web.i18n import Language
from services.intake.web.languages import current_language
from shared.i18n.marker import gettext_noop

_MINUTE = 60


def failure_page(answer: Response) -> Response:
    """The page for a problem document."""
    status = answer.status_code
    title, sentences = _explained(status, current_language(), answer.headers.get("Retry-After", type=int))
    page = make_response(render_template("failure.html", title=title, sentences=sentences, status=status), status)
    for name in ("Retry-After", "Allow"):
        if name in answer.headers:
            page.headers[name] = answer.headers[name]
    return page


def when_to_retry(language: Language, seconds: int | None) -> Markup:
    """When to try again."""
    if not seconds or seconds <= _MINUTE:
        return language.gettext("Please try again in a minute.")
    return language.ngettext(
        "Please try again in %(number)s minute.", "Please try again in %(number)s minutes.", -(-seconds // _MINUTE)
    )


def _explained(status: int, language: Language, wait: int | None) -> tuple[str, list[Markup]]:
    """The title, still to be translated, and the sentences."""
    gettext = language.gettext
    if status == 404 and request.path.startswith("/t/"):
        return gettext_noop("We can’t find this note"), [
            gettext(
                "The link must be complete, including everything after “key=”. Open it from our newest e-mail to you."
            ),
            gettext(
                "Links are renewed at times, for example when the address changes. The earlier ones then stop working."
            ),
            _find_notes(gettext),
        ]
    if status in (404, 405):
        return gettext_noop("We can’t find this page"), [gettext("The address may be mistyped, or the page has moved.")]
    if status == 413:
        return gettext_noop("That is too much at once"), [
            gettext("A file must be smaller than 2 MB. Go back: what you wrote is still there.")
        ]
    if status == 429:
        return gettext_noop("Please slow down"), [
            gettext("Too many requests have come from your network in a short time."),
            when_to_retry(language, wait),
        ]
    if status == 503:
        return gettext_noop("We’ll be back in a moment"), [
            gettext("A part of our service is unavailable. Nothing was sent."),
            when_to_retry(language, wait),
        ]
    if status >= 500:
        return gettext_noop("Something went wrong on our side"), [
            gettext("The error has been recorded. Please try again in a minute.")
        ]
    return gettext_noop("That did not work"), [gettext("Go back and try once more.")]


def _find_notes(gettext: Callable[..., Markup]) -> Markup:
    """The link to the page that sends the links of open tickets again."""
    link = Markup('<a href="{}">{}</a>').format(url_for("form.links"), gettext("Find your notes"))
    return gettext("We can send you the links of your open notes: %(link)s.", link=link)
