"""Something that a person can read, in the languages it is written in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sentence:
    """`part`: catalogue, form, mails …; `address`: where in it; `texts`: by locale."""

    part: str
    address: str
    texts: Mapping[str, str]


# What a service's module `languages` offers as `sentences`; the argument is the settings' catalogue folder.
Collector = Callable[[Path | None], Iterator[Sentence]]
