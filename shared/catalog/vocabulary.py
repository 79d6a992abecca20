"""The names of the catalogue that routing rules may speak of."""

from collections.abc import Collection

from shared.catalog.model import Catalog
from shared.conditions import Vocabulary


def vocabulary(catalog: Catalog, teams: Collection[str] = ()) -> Vocabulary:
    """Every path (retired ones too: old rules name them), detail and kind of evidence.

    A detail that several paths have takes the choices of all of them; where one lets anything be written, so it is.
    """
    details: dict[str, frozenset[str] | None] = {}
    evidence: set[str] = set()
    for category in catalog.categories.values():
        for field in category.fields:
            choices = frozenset(option.value for option in field.options) or None
            known = details.get(field.name, frozenset())
            details[field.name] = None if choices is None or known is None else known | choices
        for slot in category.evidence:
            evidence.add(slot.id)
            if slot.typed:
                details[slot.id] = None
    return Vocabulary(
        categories=frozenset(catalog.categories),
        details=details,
        evidence=frozenset(evidence),
        teams=frozenset(teams),
    )
