"""One thing that is wrong in a document, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and the place it is wrong at.

    `path` is the place as an API names it (`document.rules[3].when.all[0].field`), `line` the line of a
    YAML or JSON text, counted from 1, where there was a text.
    """

    path: str
    message: str
    line: int | None = None
