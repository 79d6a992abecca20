"""The names that rules may use, from the catalogue and the teams there are."""

from collections.abc import Iterable

from shared.catalog.model import Catalog
from shared.conditions import Vocabulary


def vocabulary_of(catalog: Catalog, teams: Iterable[str]) -> Vocabulary:
    """What a rule may name: every path ever (retired ones too), its details, its evidence, and the teams."""
    details: dict[str, frozenset[str] | None] = {"cannot_provide": None}
    evidence: set[str] = set()
    for category in catalog.categories.values():
        for field in category.fields:
            choices = frozenset(option.value for option in field.options) if field.type == "choice" else None
            details[field.name] = _joined(details, field.name, choices)
        for slot in category.evidence:
            evidence.add(slot.id)
            details[slot.id] = None
    return Vocabulary(frozenset(catalog.categories), details, frozenset(evidence), frozenset(teams))


def _joined(
    details: dict[str, frozenset[str] | None], name: str, choices: frozenset[str] | None
) -> frozenset[str] | None:
    """Two paths may have a detail of one name: its choices are those of both."""
    if name not in details:
        return choices
    known = details[name]
    return None if known is None or choices is None else known | choices
