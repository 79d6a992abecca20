"""What is wrong with a document, and where. Readers collect every error before they refuse."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

FieldErrors = dict[str, list[str]]  # messages by field: `errors` of a problem document

MAX_KEY = 60  # characters of an unknown key that a path repeats


@dataclass(frozen=True, slots=True)
class ValidationError:
    """One thing that is wrong.

    `path` is the location as an API names it (`document.rules[3].when.all[0].field`), or a file's name. `line` is the line of
    the YAML or JSON text, counted from 1; None where there was no text.
    """

    path: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.message}"


class ValidationErrors:
    """Collects the errors of one document.

    `lines` gives the line of a path, where there was a text. Only the first `keep` errors are kept, all are counted.
    """

    __slots__ = ("_keep", "_lines", "count", "kept")

    def __init__(self, lines: Mapping[str, int] | None = None, keep: int | None = None) -> None:
        self.kept: list[ValidationError] = []
        self.count = 0
        self._lines = lines or {}
        self._keep = keep

    def add(self, path: str, message: str, line: int | None = None) -> None:
        self.count += 1
        if self._keep is None or self.count <= self._keep:
            known = line_of(path, self._lines) if line is None else line
            self.kept.append(ValidationError(path, message, known))

    def __iter__(self) -> Iterator[ValidationError]:
        return iter(self.kept)

    def __len__(self) -> int:
        return self.count


def line_of(path: str, lines: Mapping[str, int]) -> int | None:
    """The line of a path, or of what encloses it when the path itself is missing; None without lines."""
    if not lines:
        return None
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path)


class Location:
    """A location in a document at which errors are reported. `number` is its index in a list."""

    __slots__ = ("errors", "number", "path")

    def __init__(self, path: str, errors: ValidationErrors, number: int = 0) -> None:
        self.path = path
        self.errors = errors
        self.number = number

    def key(self, name: str) -> "Location":
        """The location of a key in the mapping here."""
        return Location(f"{self.path}.{name[:MAX_KEY]}", self.errors)

    def item(self, number: int) -> "Location":
        """The location of an element of the list here."""
        return Location(f"{self.path}[{number}]", self.errors, number)

    def report(self, message: str) -> None:
        """Add an error at this location."""
        self.errors.add(self.path, message)

    def mapping(
        self, value: object, known: Iterable[str] | None, required: Iterable[str] = ()
    ) -> Mapping[str, object] | None:
        """The mapping here, its unknown and missing keys reported; None (and reported) when it is none.

        `known` None means that any string may be a key.
        """
        if not isinstance(value, Mapping):
            self.report("a mapping of names to values is needed here")
            return None
        if not all(isinstance(name, str) for name in value):
            self.report("every key is a string")
            return None
        mapping = cast(Mapping[str, object], value)
        if known is not None:
            names = tuple(known)
            for name in mapping:
                if name not in names:
                    self.key(name).report(f"unknown key; known are {', '.join(names)}")
        for name in required:
            if name not in mapping:
                self.key(name).report("is missing")
        return mapping
