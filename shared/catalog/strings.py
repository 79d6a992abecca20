"""Every string of a catalogue with its address: what a translation report lists and locales/<locale>.yaml names."""

from collections.abc import Iterator

from shared.catalog.model import Catalog, Category
from shared.catalog.text import Text

Addressed = tuple[str, Text]


def all_strings(catalog: Catalog) -> Iterator[Addressed]:
    """(address, string) of everything a person can read, in display order."""
    for segment, title in catalog.segments.items():
        yield f"{segment}.title", title
    for category in catalog.categories.values():
        if category.forwards_to is None:
            yield from category_strings(category)
    for code, reason in catalog.reasons.items():
        yield from ((f"reasons.{code}.{part}", getattr(reason, part)) for part in ("title", "meaning", "mend"))
    for code, message in catalog.detail_rules.messages.items():
        yield f"messages.{code}", message


def help_strings(category: Category) -> Iterator[Addressed]:
    """The strings of a path's help; only these may hold links."""
    for number, block in enumerate(category.help, 1):
        address = f"{category.path}.help.{number}"
        if block.kind in ("steps", "list"):
            yield from ((f"{address}.{item}", text) for item, text in enumerate(block.items, 1))
        else:
            yield from ((address, text) for text in block.items)


def category_strings(category: Category) -> Iterator[Addressed]:
    """All strings of one path."""
    yield f"{category.path}.title", category.title
    yield from help_strings(category)
    for field in category.fields:
        address = f"{category.path}.fields.{field.name}"
        yield f"{address}.label", field.label
        if field.hint is not None:
            yield f"{address}.hint", field.hint
        yield from ((f"{address}.options.{option.value}", option.label) for option in field.options)
    for slot in category.evidence:
        address = f"{category.path}.evidence.{slot.id}"
        yield f"{address}.label", slot.label
        if slot.hint is not None:
            yield f"{address}.hint", slot.hint
