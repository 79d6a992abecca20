"""Which language a page is shown in: `?lang=`, else what the browser asks for, else English. No cookie remembers it."""

from collections.abc import Mapping
from datetime import datetime

from babel import Locale
from babel.dates import format_datetime
from flask import Flask, g, request
from flask_babel import Babel  # type: ignore[import-untyped]
from markupsafe import Markup

from services.intake.web.sentences import SOURCE, Phrasebook
from shared.catalog.text import Localised, same_language
from shared.i18n.file_size import file_size


def chosen_locale(offered: Mapping[str, Phrasebook]) -> str:
    """The language of this request, one of `offered`."""
    wanted = _explicit_choice(offered)
    return wanted or request.accept_languages.best_match(list(offered)) or _by_base_language(offered) or SOURCE


def _explicit_choice(offered: Mapping[str, Phrasebook]) -> str | None:
    wanted = request.args.get("lang")
    return wanted if wanted in offered else None


def _by_base_language(offered: Mapping[str, Phrasebook]) -> str | None:
    """`sv-FI` is served by `sv`."""
    for tag, quality in request.accept_languages:
        base = tag.split("-")[0].lower()
        if quality > 0 and base in offered:
            return base
    return None


def speak(app: Flask, books: Mapping[str, Phrasebook]) -> None:
    """Give every template of `app` the sentences, dates and sizes of the reader's language."""
    Babel(app, locale_selector=lambda: phrasebook(books).locale.replace("-", "_"))
    # Templates shared with nobody: plain names keep them readable.
    app.jinja_env.globals.update(
        _=lambda english, **values: phrasebook(books).say(english, **values),
        _n=lambda one, many, number: phrasebook(books).say_number(one, many, number),
        plain=lambda english, **values: phrasebook(books).plain(english, **values),
        page_locale=lambda: phrasebook(books).locale,
        offered_languages=lambda: books.values(),
        size=lambda number: file_size(number, phrasebook(books).locale),
        when=lambda moment: moment_in_words(moment, phrasebook(books).locale),
    )
    app.jinja_env.filters["marked"] = lambda text: mark_language(
        text.in_locale(phrasebook(books).locale), phrasebook(books).locale
    )


def phrasebook(books: Mapping[str, Phrasebook]) -> Phrasebook:
    """The sentences of this request's language."""
    if "phrasebook" not in g:
        g.phrasebook = books[chosen_locale(books)]
    found: Phrasebook = g.phrasebook
    return found


def mark_language(localised: Localised, locale: str) -> Markup:
    """A catalogue's text as safe HTML, carrying its own language where that is not the page's."""
    if same_language(locale, localised.lang):
        return Markup.escape(localised.text)
    return Markup('<span lang="{}">{}</span>').format(localised.lang, localised.text)


def moment_in_words(moment: datetime, locale: str) -> str:
    """A moment with its time and zone; the browser shows it in the reader's own zone where scripts run."""
    return str(format_datetime(moment, "d MMMM y HH:mm", locale=Locale.parse(locale, sep="-"))) + " UTC"
