"""The evidence of a path in sections: slots that belong together share one, with one box "I can’t provide this"."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from shared.catalog.evidence import asked_evidence
from shared.catalog.model import Category, Evidence


@dataclass(frozen=True)
class EvidenceSection:
    """Slots of one requirement, group and condition. `when` is that condition as JSON for the page's script, or empty."""

    requirement: str
    slots: tuple[Evidence, ...]
    asked: bool
    when: str

    @property
    def ids(self) -> str:
        """The value of the box "I can’t provide this": the ids of all its slots, with blanks between."""
        return " ".join(slot.id for slot in self.slots)

    @property
    def needs_file(self) -> bool:
        """Whether something in it is needed that only a file can show."""
        file_only = [not slot.typed for slot in self.slots]
        return all(file_only) if self.requirement == "any_of" else any(file_only) and self.requirement == "required"

    def only(self, slot: Evidence) -> "EvidenceSection":
        """The same with one slot, for a box of its own."""
        return replace(self, slots=(slot,))

    def names(self, ids: Collection[str]) -> bool:
        """Whether any of its slots is among `ids`."""
        return any(slot.id in ids for slot in self.slots)

    def among(self, ids: Collection[str]) -> "EvidenceSection":
        """The same with only the slots that are among `ids`."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.id in ids))

    def refused(self, ids: Collection[str]) -> bool:
        """Whether all its slots are among `ids`."""
        return all(slot.id in ids for slot in self.slots)


def evidence_sections(category: Category, details: Mapping[str, object]) -> tuple[EvidenceSection, ...]:
    """The sections in the catalogue's order; `asked` is false for those that the details so far do not ask for."""
    asked = {slot.id for slot in asked_evidence(category, details)}
    return tuple(
        EvidenceSection(requirement, slots := tuple(members), slots[0].id in asked, when)
        for (requirement, _, when), members in groupby(category.evidence, _section_key)
    )


def _section_key(slot: Evidence) -> tuple[str, str | None, str]:
    when = json.dumps(slot.when_document, separators=(",", ":")) if slot.when_document is not None else ""
    return slot.requirement, slot.group, when
