"""Collects the faults of a document, each with the place it is at."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from shared.conditions import Fault

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


def plain_name(value: object) -> bool:
    """Whether the value can name a rule."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


@dataclass
class Faults:
    """All faults so far."""

    listed: list[Fault] = field(default_factory=list)


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
        self.faults.listed.append(Fault(self.path, message))

    def take(self, faults: Iterable[Fault]) -> None:
        """Report faults that another reader found."""
        self.faults.listed.extend(faults)

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
