"""What a letter is told from the catalogue: codes become texts in the reader's language. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notify.compose.strings import language_of
from shared.catalog import Catalog, Category, Localised, Text


@dataclass(frozen=True)
class ReasonFacts:
    """One reason of a disapproval, in words."""

    title: Localised
    meaning: Localised
    mend: Localised


def said(text: Text, locale: str) -> Localised:
    """A text of the catalogue in the language that the letter for `locale` is in."""
    return text.in_locale(language_of(locale))


def missing_groups(category: Category | None, ids: Sequence[str], locale: str) -> tuple[tuple[Localised, ...], ...]:
    """The labels of missing evidence: alone, or with those of its any_of group, of which one is enough.

    An id that the catalogue does not know (it was changed meanwhile) is named as it is.
    """
    slots = {slot.id: slot for slot in category.evidence} if category else {}
    groups: dict[str, list[Localised]] = {}
    for one in ids:
        slot = slots.get(one)
        key = f"group:{slot.group}" if slot and slot.requirement == "any_of" else f"id:{one}"
        groups.setdefault(key, []).append(said(slot.label, locale) if slot else Localised(one, "en"))
    return tuple(tuple(labels) for labels in groups.values())


def reason_facts(catalog: Catalog, codes: Sequence[str], locale: str) -> tuple[ReasonFacts, ...]:
    """What each reason means and how to mend it. A code that the catalogue does not know raises KeyError."""
    reasons = (catalog.reasons[code] for code in codes)
    return tuple(
        ReasonFacts(said(one.title, locale), said(one.meaning, locale), said(one.mend, locale)) for one in reasons
    )
