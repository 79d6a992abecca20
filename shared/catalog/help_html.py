"""Help as safe HTML: everything is escaped, and the only markup a text may hold is a link, [text](target)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from shared.catalog.model import Category, HelpBlock
from shared.catalog.text import Text, same_language

_LINK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]*)\)")
_LIST_TAGS = {"steps": "ol", "list": "ul"}


@dataclass(frozen=True)
class Span:
    """A run of text; a link where it has a target."""

    text: str
    target: str | None = None


def spans(text: str) -> Iterator[Span]:
    """The runs of a text in order."""
    end = 0
    for link in _LINK.finditer(text):
        if link.start() > end:
            yield Span(text[end : link.start()])
        yield Span(link[1], link[2])
        end = link.end()
    if end < len(text):
        yield Span(text[end:])


def help_html(category: Category, locale: str, base_url: str = "") -> Markup:
    """The help of a path. A text that fell back to another language has `lang`; `base_url` is put before our own paths."""
    return Markup("\n").join(_block(block, category, locale, base_url) for block in category.help)


def _block(block: HelpBlock, category: Category, locale: str, base_url: str) -> Markup:
    if block.kind in _LIST_TAGS:
        tag = _LIST_TAGS[block.kind]
        items = Markup("").join(_element("li", item, category, locale, base_url) for item in block.items)
        return Markup("<{0}>{1}</{0}>").format(tag, items)
    text = block.items[0]
    if block.kind == "note":
        return Markup('<div class="note">{}</div>').format(_element("p", text, category, locale, base_url))
    return _element("h2" if block.kind == "heading" else "p", text, category, locale, base_url)


def _element(tag: str, text: Text, category: Category, locale: str, base_url: str) -> Markup:
    shown, lang = text.in_locale(locale)
    mark = Markup("") if same_language(locale, lang) else Markup(' lang="{}"').format(lang)
    content = Markup("").join(_span(span, category, base_url) for span in spans(shown))
    return Markup("<{0}{1}>{2}</{0}>").format(tag, mark, content)


def _span(span: Span, category: Category, base_url: str) -> Markup:
    href = category.hrefs.get(span.target) if span.target is not None else None
    if href is None:
        return escape(span.text)
    return Markup('<a href="{}">{}</a>').format(base_url + href if href.startswith("/") else href, span.text)
