"""What a search asks for: terms, all of which a ticket must fulfil."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Name = Literal["tag", "priority", "state", "team", "category", "from", "owner", "has", "lang", "before", "after", "is"]


@dataclass(frozen=True)
class Words:
    """Words that stand beside each other in this order. `tokens`: as they are indexed; `is_phrase`: in quotes, so that the last word is a
    whole one, and no other form of it is meant; `text`: as entered, without the quotes."""

    text: str
    tokens: tuple[str, ...]
    is_phrase: bool = False
    is_negated: bool = False

    def __str__(self) -> str:
        return f"{'-' * self.is_negated}{_quoted(self.text) if self.is_phrase else self.text}"


@dataclass(frozen=True)
class Key:
    """A key and its value, checked: in lower case except for `tag`, dates as ISO 8601."""

    name: Name
    value: str
    is_negated: bool = False

    @property
    def day(self) -> date:
        """The value of `before` and `after`."""
        return date.fromisoformat(self.value)

    def __str__(self) -> str:
        value = self.value if not any(map(str.isspace, self.value)) else _quoted(self.value)
        return f"{'-' * self.is_negated}{self.name}:{value}"


Term = Words | Key


@dataclass(frozen=True)
class Query:
    """A parsed search. `is_blank`: nothing was asked for, as opposed to signs without a word, which nothing fulfils."""

    terms: tuple[Term, ...] = ()
    is_blank: bool = True

    def keys(self, name: Name, *, negated: bool = False) -> list[str]:
        """The values of a key."""
        return [
            term.value
            for term in self.terms
            if isinstance(term, Key) and term.name == name and term.is_negated == negated
        ]

    @property
    def words(self) -> Sequence[Words]:
        """The words that a ticket must have."""
        return [term for term in self.terms if isinstance(term, Words) and not term.is_negated]

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))


def _quoted(text: str) -> str:
    return f'"{text}"'
