"""The language of a page: `?lang=`, else what the browser asks for, else English. No cookie remembers it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from babel import Locale
from babel.dates import format_datetime
from flask import Flask, g, request, url_for
from markupsafe import Markup

from services.intake.web.i18n import SOURCE, Language, load_languages
from shared.catalog.text import Localised, Text, same_language
from shared.i18n.file_size import file_size


def chosen_locale(offered: Iterable[str]) -> str:
    """The language of this request, one of `offered`."""
    locales = list(offered)
    wanted = request.args.get("lang")
    if wanted in locales:
        return wanted
    return request.accept_languages.best_match(locales) or _by_base_language(locales) or SOURCE


def _by_base_language(offered: Iterable[str]) -> str | None:
    """`sv-FI` is served by `sv`."""
    for tag, quality in request.accept_languages:
        base = tag.split("-")[0].lower()
        if quality > 0 and base in offered:
            return base
    return None


def current_language() -> Language:
    """The language of this request."""
    if "language" not in g:
        offered = load_languages()
        g.language = offered[chosen_locale(offered)]
    found: Language = g.language
    return found


def page_locale() -> str:
    """The locale of this request's language."""
    return current_language().locale


def gettext(message: str, **values: object) -> Markup:
    """The sentence in this request's language: see Language.gettext."""
    return current_language().gettext(message, **values)


def install_languages(app: Flask) -> None:
    """Give the templates of `app` gettext, and dates and sizes in the reader's language."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda message: current_language().translations.gettext(message),
        lambda singular, plural, number: current_language().translations.ngettext(singular, plural, number),
        newstyle=True,
    )
    environment.globals.update(
        page_locale=page_locale,
        offered_languages=lambda: load_languages().values(),
        same_page=same_page,
        size=lambda number: file_size(number, page_locale()),
        when=lambda moment: format_moment(moment, page_locale()),
    )
    environment.filters["marked"] = marked


def marked(text: Text) -> Markup:
    """A catalogue's text in this request's language, marked where it fell back."""
    return mark_language(text.in_locale(page_locale()), page_locale())


def chosen_language() -> str:
    """The language that the address itself names, or empty."""
    wanted = request.args.get("lang", "")
    return wanted if wanted in load_languages() else ""


def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Add the language that this page's address names to a link to one of our pages."""
    if request and not endpoint.endswith("static") and (wanted := chosen_language()):
        values.setdefault("lang", wanted)


def same_page(locale: str) -> str:
    """The address of this page in another language."""
    if request.endpoint is None or not request.endpoint.startswith("form."):
        return url_for("form.topics", lang=locale)
    query: Mapping[str, str] = {name: value for name, value in request.args.items() if name != "lang"}
    return url_for(request.endpoint, **{**(request.view_args or {}), **query, "lang": locale})


def mark_language(localised: Localised, locale: str) -> Markup:
    """A catalogue's text as safe HTML, marked with its own language where that is not the page's."""
    if same_language(locale, localised.lang):
        return Markup.escape(localised.text)
    return Markup('<span lang="{}">{}</span>').format(localised.lang, localised.text)


def format_moment(moment: datetime, locale: str) -> str:
    """A moment with its time and zone; the browser shows it in the reader's own zone where scripts run."""
    return str(format_datetime(moment, "d MMMM y HH:mm", locale=Locale.parse(locale, sep="-"))) + " UTC"
