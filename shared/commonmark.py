"""Agents' messages, which are CommonMark (https://spec.commonmark.org/0.31.2/), as HTML or plain text. Pure."""

from collections.abc import Iterator
from functools import cache

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

LINK_SCHEMES = frozenset({"http", "https", "mailto"})
_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "ul",
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


def as_html(source: str) -> Markup:
    """`source` as safe HTML: raw HTML is shown as text, images are left as links, line breaks are kept.

    Links only to http, https and mailto; what links elsewhere, or relatively, stays text. Web addresses become links.
    """
    rendered = _renderer().render(source)
    return Markup(nh3.clean(rendered, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=set(LINK_SCHEMES)))  # noqa: S704


def as_plain(source: str) -> str:
    """The words of `source` without its marks, a line a block; of links their words."""
    return "\n".join("".join(_words(block)) for block in _renderer().parse(source) if block.content)


def link_addresses(source: str, *, bare: bool = True) -> list[str]:
    """Where the links of `source` lead, and the titles that they show; with `bare` also addresses that stand in the text by themselves."""
    blocks = _renderer().parse(source)
    return [
        str(value)
        for block in blocks
        for token in block.children or ()
        if token.type == "link_open" and (bare or token.markup != "linkify")
        for value in token.attrs.values()
    ]


def linked_text(source: str) -> Markup:
    """A requester's plain text as HTML, line breaks kept by the page's style: only its web addresses become links."""
    html, end = Markup(), 0
    for match in _addresses().match(source) or ():
        html += escape(source[end : match.index])
        html += Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(match.url, match.raw)
        end = match.last_index
    return html + escape(source[end:])


def _words(block: Token) -> Iterator[str]:
    """What is read of a block: code as it is, of other text its inline tokens. Line breaks have no content."""
    for token in block.children or [block]:
        yield "\n" if token.type in ("softbreak", "hardbreak") else token.content


def linked_lines(source: str) -> Markup:
    """As linked_text, with line breaks in the HTML itself."""
    return linked_text(source).replace("\n", Markup("<br>\n"))


@cache
def _renderer() -> MarkdownIt:
    renderer = (
        MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable("linkify").disable("image")
    )
    renderer.linkify = _addresses()
    renderer.validateLink = _may_link  # type: ignore[method-assign]  # the documented way to restrict links
    return renderer


@cache
def _addresses() -> LinkifyIt:
    """Finds addresses that begin with a scheme: `example.com` alone may be a name."""
    finder = LinkifyIt({}, {"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for schema in ("ftp:", "//", "mailto:"):
        finder.add(schema, None)
    return finder


def _may_link(url: str) -> bool:
    return url.partition(":")[0].lower() in LINK_SCHEMES
