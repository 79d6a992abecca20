"""Codes of the catalogue as texts in the reader's language. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notify.compose.strings import language_of
from shared.catalog import Catalog, Category, Localised, Text


@dataclass(frozen=True)
class ReasonFacts:
    """One reason of a disapproval: its title, what it means and how to fix it."""

    title: Localised
    meaning: Localised
    fix: Localised


def localised(text: Text, locale: str) -> Localised:
    """A text of the catalogue in the language of an e-mail for `locale`."""
    return text.in_locale(language_of(locale))


def missing_groups(category: Category | None, ids: Sequence[str], locale: str) -> tuple[tuple[Localised, ...], ...]:
    """The labels of missing evidence, grouped: one of a group is enough (requirement `any_of`); the others stand alone.

    An id that the catalogue no longer knows is shown as it is.
    """
    slots = {slot.id: slot for slot in category.evidence} if category else {}
    groups: dict[str, list[Localised]] = {}
    for one in ids:
        slot = slots.get(one)
        key = f"group:{slot.group}" if slot and slot.requirement == "any_of" else f"id:{one}"
        groups.setdefault(key, []).append(localised(slot.label, locale) if slot else Localised(one, "en"))
    return tuple(tuple(labels) for labels in groups.values())


def reason_facts(catalog: Catalog, codes: Sequence[str], locale: str) -> tuple[ReasonFacts, ...]:
    """The reasons of a disapproval by their codes. Raises KeyError for a code that the catalogue lacks."""
    reasons = (catalog.reasons[code] for code in codes)
    return tuple(
        ReasonFacts(localised(one.title, locale), localised(one.meaning, locale), localised(one.mend, locale))
        for one in reasons
    )
