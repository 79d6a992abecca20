"""From kind, locale and facts to a letter: subject, plain text and HTML of equal content. Pure: no SQL, no clock, no network."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from markupsafe import Markup, escape

from services.notify.compose.strings import TEMPLATES, language_of, strings_of
from shared.catalog import Localised

# Who reads a kind: it decides the line at the foot that says why they got it.
AUDIENCES: Mapping[str, str] = {
    "acknowledgement": "requester",
    "information_request": "requester",
    "disapproval": "requester",
    "reply": "requester",
    "resolution": "requester",
    "transfer": "requester",
    "application_status": "applicant",
    "ticket_links": "requester",
    "escalation": "lead",
    "form_pointer": "writer",
}
KINDS = tuple(AUDIENCES)
PARTS = ("subject.txt", "body.txt", "body.html")

# RFC 5322, 2.1.1: a line has at most 998 characters. With "Subject: " and encoding a subject of 200 stays readable everywhere.
_LONGEST_SUBJECT = 200
# A reference is not broken at the end of a line.
_REFERENCE = Markup('<span class="reference">{}</span>')


class ComposeError(Exception):
    """This letter cannot be written: a placeholder is missing, or the kind, a template or a string is unknown."""


@dataclass(frozen=True)
class Letter:
    """A composed e-mail. `lang` is the language it is in."""

    subject: str
    text: str
    html: str
    lang: str


def compose(kind: str, locale: str, context: Mapping[str, Any]) -> Letter:
    """Write the letter of `kind` for a reader of `locale` (BCP 47; English where we lack the language).

    Raises ComposeError when `context` lacks anything that the kind's templates name.
    """
    if kind not in AUDIENCES:
        raise ComposeError(f"there is no kind {kind}")
    lang = language_of(locale)
    facts = {"audience": AUDIENCES[kind], "lang": lang, **context}
    try:
        subject = " ".join(_render(kind, "subject.txt", lang, facts).split())
        text = _tidy(_render(kind, "body.txt", lang, facts))
        html = _inliner().inline(_render(kind, "body.html", lang, {**facts, "subject": subject}))
    except (TemplateError, KeyError, IndexError, TypeError, ValueError, css_inline.InlineError) as error:
        raise ComposeError(f"{kind} in {lang}: {type(error).__name__}: {error}") from error
    return Letter(subject[:_LONGEST_SUBJECT], text, html, lang)


def _render(kind: str, part: str, lang: str, facts: Mapping[str, Any]) -> str:
    as_html = part.endswith(".html")
    words: dict[str, Any] = {"t": _translator(kind, lang, as_html), "said": _sayer(lang, as_html)}
    if as_html and facts.get("reference"):
        words["reference"] = _REFERENCE.format(facts["reference"])
    return environment().get_template(f"{kind}/{part}").render({**facts, **words})


def _translator(kind: str, lang: str, as_html: bool) -> Callable[..., str]:
    """The templates' `t("key", name=value)`: the string with its placeholders filled; in HTML escaped, and marked if it fell back."""
    strings = strings_of(kind, lang)

    def translate(key: str, **values: object) -> str:
        string = strings[key]
        if not as_html:
            return string.text.format(**values)
        return _marked(escape(string.text).format(**values), string.lang, lang)

    return translate


def _sayer(lang: str, as_html: bool) -> Callable[[Localised], str]:
    """The templates' `said(localised)`: a text of the catalogue, marked in HTML when it is in another language than the letter."""

    def say(localised: Localised) -> str:
        return _marked(escape(localised.text), localised.lang, lang) if as_html else localised.text

    return say


def _marked(text: Markup, lang: str, letter: str) -> Markup:
    return text if lang == letter else Markup('<span lang="{}">{}</span>').format(lang, text)


def paragraphs(message: str) -> Markup:
    """A person's text as HTML: blank lines part paragraphs, line ends stay."""
    parts = [part for part in re.split(r"\n\s*\n", message.replace("\r\n", "\n").strip()) if part.strip()]
    return Markup("\n").join(Markup("<p>{}</p>").format(Markup("<br>\n").join(part.split("\n"))) for part in parts)


def _tidy(text: str) -> str:
    """At most one blank line in a row, none at the ends; the signature's "-- " keeps its blank (RFC 3676, 4.3)."""
    lines = [line if line == "-- " else line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


@cache
def environment() -> Environment:
    """The templates' language: what is not given is an error, and HTML is escaped."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["paragraphs"] = paragraphs
    return made


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, apply_width_attributes=True)
