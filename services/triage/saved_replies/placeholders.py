"""Placeholders of a saved reply, such as `{{requester.name}}`: checks them, and fills them in. Pure."""

import re
from collections.abc import Mapping

from shared.commonmark import link_addresses

PLACEHOLDERS = ("requester.name", "ticket.reference", "ticket.subject", "agent.name")
# All others hold what a requester or an agent chose, which must not decide where a link leads.
IN_ADDRESSES = ("ticket.reference",)

_PLACEHOLDER = re.compile(r"( ?)\{\{([^{}]*)\}\}")
# What makes emphasis, links, code, HTML and escapes; `_` inside a word and `&` that begins no entity do nothing.
_MARKS = re.compile(r"[\\`*\[\]<]|(?<![^\W_])_|_(?![^\W_])|&(?=#|\w+;)|(?<=http):|(?<=https):", re.IGNORECASE)
# At the beginning of a value any punctuation could begin a heading, a list, a quote or an underline, or continue a mark of the text.
_FIRST = re.compile(r"^[!-/:-@\[-`{-~]")
_NUMBER = re.compile(r"\d{1,9}")


def wrong_placeholders(text: str) -> list[str]:
    """A message for each placeholder that does not exist or stands where it may not."""
    names = [match[2].strip() for match in _PLACEHOLDER.finditer(text)]
    known = ", ".join(f"{{{{{name}}}}}" for name in PLACEHOLDERS)
    unknown = [name for name in dict.fromkeys(names) if name not in PLACEHOLDERS]
    wrong = [f"{{{{{name}}}}} is no placeholder. There are {known}." for name in unknown]
    return wrong or [
        f"{{{{{name}}}}} cannot be in the address of a link."
        for name in dict.fromkeys(names)
        if name not in IN_ADDRESSES and _is_in_address(text, name)
    ]


def fill(text: str, values: Mapping[str, str | None]) -> str:
    """`text` (CommonMark) with its placeholders replaced by `values`, which are read as plain words, whatever they are.

    A value that is missing leaves no space behind: "Hello {{requester.name}}," becomes "Hello,".
    """

    def value(match: re.Match[str]) -> str:
        plain = " ".join((values.get(match[2].strip()) or "").split())
        if not plain:
            return ""
        if _NUMBER.fullmatch(plain) and text[match.end() : match.end() + 1] in (".", ")"):
            # "12." at the beginning of a line would begin a list.
            return f"{match[1]}&#{ord(plain[0])};{plain[1:]}"
        return match[1] + escape(plain)

    return _PLACEHOLDER.sub(value, text)


def escape(plain: str) -> str:
    """One line of plain text as CommonMark that renders as that text: no marks, no HTML, no links."""
    escaped = _MARKS.sub(r"\\\g<0>", plain)
    return escaped if escaped.startswith("\\") else _ordered(_FIRST.sub(r"\\\g<0>", escaped))


def _ordered(line: str) -> str:
    """A value such as "1. first" does not begin a list."""
    return re.sub(r"^(\d{1,9})([.)])", r"\1\\\2", line)


def _is_in_address(text: str, name: str) -> bool:
    """Whether a value could decide where a link leads, as a part of its address or as the whole. Bare, a value is escaped."""
    part, whole = "placeholder", "https://placeholder.invalid"
    in_part = any(part in address for address in link_addresses(_marked(text, name, part)))
    return in_part or any(whole in address for address in link_addresses(_marked(text, name, whole), bare=False))


def _marked(text: str, name: str, mark: str) -> str:
    return _PLACEHOLDER.sub(lambda match: match[1] + (mark if match[2].strip() == name else "x"), text)
