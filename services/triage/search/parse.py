"""Reads the text of a search. Any text is read, or refused with a message that names the key."""

import re
from collections.abc import Iterator
from typing import cast

from services.triage.search.fold import tokens
from services.triage.search.keys import KINDS, Known
from services.triage.search.query import Key, Name, Query, Term, Words
from shared.errors import Unprocessable

# A key is alphabetic characters and a colon; "http://…", "12:30" and "Subject: …" are text.
_KEY = re.compile(r"([^\W\d_]+):(?!\s|//)")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_BARE = re.compile(r'[^\s"]+')
ANYTHING = Known()


class BadQuery(Unprocessable):
    """A search that cannot be carried out. `messages`: what is wrong with it."""

    def __init__(self, *messages: str) -> None:
        super().__init__({"q": messages}, " ".join(messages))
        self.messages = messages


def parse_query(text: str, known: Known = ANYTHING) -> Query:
    """The terms of the text. Raises BadQuery that names each unknown key and bad value."""
    terms: list[Term] = []
    messages: list[str] = []
    for term in _read(text.translate(_QUOTES), known):
        if isinstance(term, str):
            messages.append(term)
        else:
            terms.append(term)
    if messages:
        raise BadQuery(*dict.fromkeys(messages))
    return Query(tuple(dict.fromkeys(terms)), is_blank=not text.strip())


def _read(text: str, known: Known) -> Iterator[Term | str]:
    """Each term, or the message about a wrong one."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        is_negated = text[at] == "-" and at + 1 < len(text) and not text[at + 1].isspace()
        at += is_negated
        key = _KEY.match(text, at)
        if key:
            value, at = _value(text, key.end())
            yield _key(key[1], value, is_negated, known)
        else:
            is_phrase = text[at] == '"'
            value, at = _value(text, at)
            if not is_phrase:
                value = value.rstrip(":")  # "Subject: hi"; at the end of a text it would be a key without a value
            found = tuple(tokens(value))
            if found:
                yield Words(value, found, is_phrase, is_negated)


def _value(text: str, at: int) -> tuple[str, int]:
    """The text in quotes that begins here, or up to the next blank or quote, and where what follows begins. A missing quote at the end
    is no error: a search may be carried out while it is written."""
    if text[at : at + 1] == '"':
        end = text.find('"', at + 1)
        end = len(text) if end < 0 else end
        return text[at + 1 : end].strip(), end + 1
    bare = _BARE.match(text, at)
    return (bare[0], bare.end()) if bare else ("", at)


def _key(name: str, value: str, is_negated: bool, known: Known) -> Key | str:
    kind = KINDS.get(cast("Name", name.lower()))
    if kind is None:
        return (
            f"There is no key “{name}:”. The keys are {', '.join(f'{one}:' for one in KINDS)}. "
            f'To find the text itself, put it in quotes: "{name}:{value}".'
        )
    read = kind.read(value, known) if value else None
    if read is None:
        return f"“{name}:{value}” is not possible: after {name}: comes {kind.values}."
    return Key(cast("Name", name.lower()), read, is_negated)
