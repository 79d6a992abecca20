"""Compose an e-mail from its kind, locale and facts: subject, plain text and HTML of equal content. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from markupsafe import Markup, escape

from services.notify.compose.kinds.email_kind import EmailKind
from services.notify.compose.person import quoted_lines
from services.notify.compose.strings import TEMPLATES, language_of, strings_of
from shared.catalog import Localised
from shared.commonmark import as_html

PARTS = ("subject.txt", "body.txt", "body.html")

# RFC 5322, 2.1.1: a line has at most 998 characters. A subject of 200 fits with "Subject: " and its encoding.
_LONGEST_SUBJECT = 200
# Keeps a reference on one line.
_REFERENCE = Markup('<span class="reference">{}</span>')


class ComposeError(Exception):
    """The e-mail cannot be composed: a fact is missing, or a template or string is unknown."""


@dataclass(frozen=True)
class ComposedEmail:
    """Subject and both bodies; `lang` is their language."""

    subject: str
    text: str
    html: str
    lang: str


def compose(kind: EmailKind, locale: str, facts: Mapping[str, Any]) -> ComposedEmail:
    """The e-mail of `kind` for a reader of `locale` (BCP 47; English where there are no texts in that language).

    Raises ComposeError when `facts` lack a name that the kind's templates use.
    """
    lang = language_of(locale)
    known = {"audience": kind.audience, "lang": lang, "files": (), **facts}
    try:
        subject = " ".join(_render(kind, "subject.txt", lang, known).split())
        text = _tidy(_render(kind, "body.txt", lang, known))
        html = _inliner().inline(_render(kind, "body.html", lang, {**known, "subject": subject}))
    except (TemplateError, KeyError, IndexError, TypeError, ValueError, css_inline.InlineError) as error:
        raise ComposeError(f"{kind.name} in {lang}: {type(error).__name__}: {error}") from error
    return ComposedEmail(subject[:_LONGEST_SUBJECT], text, html, lang)


def _render(kind: EmailKind, part: str, lang: str, facts: Mapping[str, Any]) -> str:
    as_html = part.endswith(".html")
    functions: dict[str, Any] = {"t": _translator(kind, lang, as_html), "localised": _localiser(lang, as_html)}
    if as_html and facts.get("reference"):
        functions["reference"] = _REFERENCE.format(facts["reference"])
    return environment(kind.templates).get_template(f"{kind.name}/{part}").render({**facts, **functions})


def _translator(kind: EmailKind, lang: str, as_html: bool) -> Callable[..., str]:
    """The templates' `t("key", name=value)`: the string, placeholders filled; HTML-escaped, and marked where it fell back."""
    strings = strings_of(kind.name, lang, kind.templates)

    def translate(key: str, **values: object) -> str:
        string = strings[key]
        if not as_html:
            return string.text.format(**values)
        return _marked(escape(string.text).format(**values), string.lang, lang)

    return translate


def _localiser(lang: str, as_html: bool) -> Callable[[Localised], str]:
    """The templates' `localised(text)`: a text of the catalogue, marked in HTML where its language is not the e-mail's."""

    def localise(text: Localised) -> str:
        return _marked(escape(text.text), text.lang, lang) if as_html else text.text

    return localise


def _marked(text: Markup, lang: str, of_email: str) -> Markup:
    return text if lang == of_email else Markup('<span lang="{}">{}</span>').format(lang, text)


def quoted_html(message: str) -> Markup:
    """A requester's plain text as HTML, line by line. Its web addresses become no links: we do not vouch for them."""
    return Markup("<br>\n").join(message.splitlines())


def _tidy(text: str) -> str:
    """At most one blank line in a row, none at the ends; the signature's "-- " keeps its space (RFC 3676, 4.3)."""
    lines = [line if line == "-- " else line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


@cache
def environment(templates: Path = TEMPLATES) -> Environment:
    """Jinja for the kinds in `templates`, which extend the layout of TEMPLATES; a missing value is an error, HTML is escaped."""
    made = Environment(
        loader=FileSystemLoader([templates, TEMPLATES]),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["commonmark"] = as_html
    made.filters["quoted_html"] = quoted_html
    made.filters["quoted_lines"] = quoted_lines
    return made


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, apply_width_attributes=True, keep_at_rules=True)
