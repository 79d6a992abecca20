"""A text for people, in the languages that it is written in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sentence:
    """`part`: catalogue, form, mails …; `address`: where in it; `texts`: by locale."""

    part: str
    address: str
    texts: Mapping[str, str]


# `sentences` of a service's module `translations_report`; the argument is the settings' catalogue folder.
Collector = Callable[[Path | None], Iterator[Sentence]]
