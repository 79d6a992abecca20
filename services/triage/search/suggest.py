"""What may come next in a search that is being written. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from services.triage.lists.filters import STATES
from services.triage.search.keys import KINDS, PRIORITIES
from services.triage.search.query import Name

MOST_SUGGESTIONS = 8
_QUOTED_VALUE = re.compile(r':"[^"]*$')
# The term that the text ends with, outside quotes.
_TERM = re.compile(r'(?:^|\s)(-?)(?:([^\W\d_]*)|([^\W\d_]+):("?)([^"\s]*|(?<=")[^"]*))$')


@dataclass(frozen=True)
class Suggestion:
    """`text` replaces the term that is being written."""

    text: str
    finds: str


@dataclass(frozen=True)
class Suggestions:
    """The suggestions, and where the term begins that they replace."""

    start: int
    items: Sequence[Suggestion] = ()


# The values of a key that begin with a text, each with what it is.
Values = Mapping[Name, Callable[[str], Sequence[str]]]
FIXED: Mapping[Name, Sequence[str]] = {
    "priority": PRIORITIES,
    "state": STATES,
    "has": ("attachment",),
    "is": ("breached",),
}


def suggest(text: str, values: Values) -> Suggestions:
    """Keys and values that the text before the caret may go on with; `values` are those that the system knows."""
    is_in_phrase = text.count('"') % 2 == 1 and not _QUOTED_VALUE.search(text)
    term = None if is_in_phrase else _TERM.search(text)
    if term is None:
        return Suggestions(len(text))
    minus, word, key, _, value = term.groups()
    start = term.start(1)
    if key is None:
        found = [
            Suggestion(f"{minus}{name}:", kind.finds) for name, kind in KINDS.items() if name.startswith(word.lower())
        ]
        return Suggestions(start, found if word or minus else [])
    name = cast("Name", key.lower())
    if name not in KINDS:
        return Suggestions(start)
    known = FIXED.get(name) or (values[name](value.lower()) if name in values else ())
    matching = [one for one in known if one.lower().startswith(value.lower()) and one.lower() != value.lower()]
    return Suggestions(start, [Suggestion(f"{minus}{name}:{_written(one)}", "") for one in matching[:MOST_SUGGESTIONS]])


def _written(value: str) -> str:
    return f'"{value}"' if any(map(str.isspace, value)) else value
