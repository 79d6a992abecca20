"""What a condition may name: the known paths, details, kinds of evidence and teams."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Vocabulary:
    """The names that exist. Any other name in a document is an error.

    `details` maps a detail's name to its choices, or to None where anything may be written in it.
    `only_details` is for the catalogue's own conditions, which read nothing but the details.
    """

    categories: frozenset[str]
    details: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    evidence: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    only_details: bool = False

    @cached_property
    def branches(self) -> frozenset[str]:
        """Every path and every path above one: what `within` may name."""
        found: set[str] = set()
        for path in self.categories:
            parts = path.split("/")
            found.update("/".join(parts[: length + 1]) for length in range(len(parts)))
        return frozenset(found)

    @cached_property
    def segments(self) -> frozenset[str]:
        """The top segments of all paths."""
        return frozenset(path.split("/", 1)[0] for path in self.categories)
