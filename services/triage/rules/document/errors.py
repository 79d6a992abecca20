"""Collects the faults of a document, each with the place it is at."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from shared.conditions import Fault

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)

MAX_FAULTS = 1_000  # What anybody reads, and more.


def plain_name(value: object) -> bool:
    """Whether the value can name a rule."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


@dataclass
class Faults:
    """The faults so far: the first `MAX_FAULTS` of them, and how many there are."""

    listed: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, fault: Fault) -> None:
        """Count a fault, and keep it if there is room."""
        self.count += 1
        if self.count <= MAX_FAULTS:
            self.listed.append(fault)


@dataclass(frozen=True)
class Place:
    """A place in the document that faults can be reported at. `number` is its own in a list."""

    path: str
    faults: Faults
    number: int = 0

    def key(self, name: str) -> "Place":
        """The place of a key in the mapping here."""
        return Place(f"{self.path}.{name[:60]}", self.faults)

    def item(self, number: int) -> "Place":
        """The place of an element of the list here."""
        return Place(f"{self.path}[{number}]", self.faults, number)

    def say(self, message: str) -> None:
        """Report a fault here."""
        self.faults.add(Fault(self.path, message))

    def take(self, faults: Iterable[Fault]) -> None:
        """Report faults that another reader found."""
        for fault in faults:
            self.faults.add(fault)

    def mapping(
        self, value: object, known: Iterable[str] | None, required: Iterable[str] = ()
    ) -> Mapping[str, object] | None:
        """The mapping here, its unknown and missing keys reported; None (and reported) when it is none.

        `known` None means that any string may be a key.
        """
        if not isinstance(value, Mapping):
            self.say("a mapping of names to values is needed here")
            return None
        if not all(isinstance(name, str) for name in value):
            self.say("every key is a string")
            return None
        mapping = cast(Mapping[str, object], value)
        if known is not None:
            names = tuple(known)
            for name in mapping:
                if name not in names:
                    self.key(name).say(f"unknown key; known are {', '.join(names)}")
        for name in required:
            if name not in mapping:
                self.key(name).say("is missing")
        return mapping
