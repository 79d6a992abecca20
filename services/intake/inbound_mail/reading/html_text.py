"""The text of an HTML mail, with what it repeats of earlier mails marked by `>`. Pure."""

import re
from collections.abc import Iterator
from html import unescape

# Longer ones are newsletters.
LONGEST = 300_000
# A tag is what stands between < and >. The standard library's parser is not used: on 300,000 characters of `<a<a<a` it takes five
# minutes (measured); this is linear on anything.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|<[!?/][^<>]*>")
_ATTRIBUTE = re.compile(r"(?<![a-zA-Z-])(class|id|href)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_LONGEST_TAG = 4_000
_HIDDEN = {"script", "style", "title", "template"}
# Neither a style sheet nor a title holds one of these: what was never closed ends here.
_ENDS_HIDDEN = {
    "body",
    "div",
    "p",
    "table",
    "tr",
    "td",
    "span",
    "br",
    "a",
    "h1",
    "h2",
    "h3",
    "ul",
    "ol",
    "li",
    "center",
    "font",
    "blockquote",
    "pre",
}
_NEVER_CLOSED = {"style", "title"}
# A picture written into the mail itself; without it the text fits into what is read.
_DATA_URI = re.compile(r"data:[a-zA-Z0-9/+.;=-]{0,100},[^\"'<>\s)]{200,}")
_BREAKS = {"br", "div", "p", "li", "tr", "table", "ul", "ol", "blockquote", "hr", "pre"} | {
    f"h{n}" for n in range(1, 7)
}
_PARAGRAPHS = {"p", "ul", "ol", "table", "h1", "h2", "h3"}
_NESTING = {"div", "blockquote"}
_LOOK_OUT = 50
# The class names under which Gmail, Yahoo, Thunderbird and Proton put what they repeat; Outlook marks where it begins.
_QUOTES = ("gmail_quote", "gmail_extra", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote")
_REST = ("divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "olk_src_body_section")


def html_text(html: str) -> str:
    """What a reader would see, block by block. When that is nothing, everything is shown: a sender's broken markup hides no message."""
    html = _without_comments(_whole_tags(_DATA_URI.sub("", html)))
    return _read(html, _HIDDEN) or _read(html, set())


def _read(html: str, hidden: set[str]) -> str:
    reader = _Reader(hidden)
    end = 0
    for found in _TAG.finditer(html):
        reader.add_text(unescape(html[end : found.start()]))
        end = found.end()
        closes, name, rest = found.groups()
        if name and closes:
            reader.close(name.lower())
        elif name:
            reader.open(name.lower(), dict(_attributes(rest[:_LONGEST_TAG])))
    reader.add_text(unescape(html[end:]))
    return reader.text()


def _whole_tags(html: str) -> str:
    """As much as is read, without a tag that the end cuts in two."""
    if len(html) <= LONGEST:
        return html
    cut = html[:LONGEST]
    start = cut.rfind("<")
    return cut[:start] if start > cut.rfind(">") else cut


def _without_comments(html: str) -> str:
    kept, start = [], 0
    while (begin := html.find("<!--", start)) >= 0:
        kept.append(html[start:begin])
        end = html.find("-->", begin + 4)
        if end < 0:
            return "".join(kept)
        start = end + 3
    return "".join([*kept, html[start:]])


def _attributes(rest: str) -> Iterator[tuple[str, str]]:
    for found in _ATTRIBUTE.finditer(rest):
        yield found[1].lower(), unescape(found[2] or found[3] or found[4] or "")


class _Reader:
    def __init__(self, hidden: set[str]) -> None:
        self._hidden = hidden
        self._inside: str | None = None
        self._lines: list[str] = []
        self._line: list[str] = []
        self._nest: list[tuple[str, bool]] = []
        self._quotes = 0
        self._rest = False
        self._pre = 0
        self._link: tuple[str, int] | None = None

    def open(self, tag: str, given: dict[str, str]) -> None:
        """A tag begins."""
        if self._inside in _NEVER_CLOSED and tag in _ENDS_HIDDEN:
            self._inside = None
        if self._inside is None and tag in self._hidden:
            self._inside = tag
        if tag in _BREAKS:
            self._end_line(tag)
        if tag in _NESTING:
            quote = tag == "blockquote" or any(mark in given.get("class", "").lower() for mark in _QUOTES)
            self._nest.append((tag, quote))
            self._quotes += quote
        if any(given.get("id", "").lower().endswith(mark) for mark in _REST):
            self._rest = True
        if tag == "li":
            self._line.append("- ")
        elif tag == "a":
            self._link = (given.get("href", ""), len(self._line))
        elif tag in ("td", "th") and self._line:
            self._line.append(" ")
        elif tag == "pre":
            self._pre += 1

    def close(self, tag: str) -> None:
        """A tag ends."""
        if tag == self._inside:
            self._inside = None
        if tag in _BREAKS:
            self._end_line(tag)
        if tag in _NESTING:
            self._leave(tag)
        if tag == "a" and self._link is not None:
            self._name_link(*self._link)
            self._link = None
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)

    def add_text(self, data: str) -> None:
        """Text between tags."""
        if self._inside is not None:
            return
        first, *others = data.split("\n") if self._pre else [" ".join(f"|{data}|".split())[1:-1]]
        self._line.append(first)
        for other in others:
            self._end_line("br")
            self._line.append(other)

    def _leave(self, tag: str) -> None:
        """Close the innermost block of this name, and what was left open within it; few are looked at, for broken HTML's sake."""
        inner = [name for name, _ in self._nest[-_LOOK_OUT:]]
        if tag not in inner:
            return
        closed = ""
        while closed != tag:
            closed, quote = self._nest.pop()
            self._quotes -= quote

    def text(self) -> str:
        """All lines."""
        self._end_line("br")
        return "\n".join(self._lines) if any(line.strip("> ") for line in self._lines) else ""

    def _name_link(self, address: str, start: int) -> None:
        """Append a link's address where it differs from its text."""
        words = "".join(self._line[start:]).strip()
        if address.startswith(("http://", "https://")) and address.rstrip("/") != words.rstrip("/"):
            self._line.append(f" <{address[:500]}>")

    def _end_line(self, tag: str) -> None:
        line = "".join(self._line).strip()
        self._line.clear()
        self._link = (self._link[0], 0) if self._link else None
        prefix = "> " if self._quotes or self._rest else ""
        if line:
            self._lines.append(prefix + line)
        if (
            (tag == "br" or tag in _PARAGRAPHS)
            and self._lines
            and self._lines[-1].strip("> ")
            and (tag != "br" or not line)
        ):
            self._lines.append(prefix.rstrip())
