"""Which evidence a path asks for, what is still missing, and what the person cannot provide."""

from collections.abc import Mapping, Sequence

from shared.attachment_types import fills_evidence
from shared.catalog.formats import is_web_address
from shared.catalog.model import Category, Evidence
from shared.conditions import matches

CANNOT_PROVIDE = "cannot_provide"


def asked_evidence(category: Category, details: Mapping[str, object]) -> tuple[Evidence, ...]:
    """The slots that are asked for, given the details known so far: those whose `when` holds."""
    facts = {f"details.{name}": value for name, value in details.items()}
    return tuple(slot for slot in category.evidence if slot.when is None or matches(slot.when, facts))


def missing_evidence(
    category: Category, details: Mapping[str, object], attachment_media_types: Sequence[str]
) -> tuple[str, ...]:
    """The ids of required and any_of evidence that is asked for and not there, in the catalogue's order.

    An any_of group without anything in it lists all its ids. What details["cannot_provide"] names is not missing:
    see `refused_evidence`. `details` are all details of the ticket as `normalised_details` returns them,
    `attachment_media_types` those of all its files.
    """
    refused = _cannot_provide(details)
    unfilled = _unfilled(category, details, attachment_media_types)
    return tuple(slot.id for slot in unfilled if slot.id not in refused)


def refused_evidence(
    category: Category, details: Mapping[str, object], attachment_media_types: Sequence[str]
) -> tuple[str, ...]:
    """The ids that would be missing if they were not in details["cannot_provide"]."""
    refused = _cannot_provide(details)
    unfilled = _unfilled(category, details, attachment_media_types)
    return tuple(slot.id for slot in unfilled if slot.id in refused)


def _is_filled(slot: Evidence, details: Mapping[str, object], attachment_media_types: Sequence[str]) -> bool:
    """Whether a file or a detail fills the slot."""
    given = details.get(slot.id)
    written = given.strip() if isinstance(given, str) else ""
    return (
        any(fills_evidence(kind, media_type) for kind in slot.accepts for media_type in attachment_media_types)
        or ("text" in slot.accepts and bool(written))
        or ("link" in slot.accepts and is_web_address(written))
    )


def _unfilled(
    category: Category, details: Mapping[str, object], attachment_media_types: Sequence[str]
) -> tuple[Evidence, ...]:
    asked = [slot for slot in asked_evidence(category, details) if slot.requirement != "optional"]
    filled = {slot.id for slot in asked if _is_filled(slot, details, attachment_media_types)}
    filled_groups = {slot.group for slot in asked if slot.id in filled and slot.group is not None}
    return tuple(slot for slot in asked if slot.id not in filled and slot.group not in filled_groups)


def _cannot_provide(details: Mapping[str, object]) -> frozenset[str]:
    ids = details.get(CANNOT_PROVIDE)
    return frozenset(item for item in ids if isinstance(item, str)) if isinstance(ids, list | tuple) else frozenset()
