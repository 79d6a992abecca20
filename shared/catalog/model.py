"""The catalogue as the rest of the system sees it: frozen, read once, safe to share between threads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.catalog.text import Text
from shared.conditions import Condition

FieldType = Literal["text", "email", "url", "date", "month", "choice", "country"]
Slot = Literal["link", "image", "pdf", "text"]
Requirement = Literal["required", "any_of", "optional"]
BlockKind = Literal["paragraph", "steps", "list", "note", "heading"]
ReasonGroup = Literal["ads", "buyable_pins", "content"]


@dataclass(frozen=True)
class HelpBlock:
    """One block of help; `steps` and `list` have several items, the other kinds one."""

    kind: BlockKind
    items: tuple[Text, ...]


@dataclass(frozen=True)
class Option:
    value: str
    label: Text


@dataclass(frozen=True)
class Field:
    """One of a path's own fields: it travels as details.<name>."""

    name: str
    type: FieldType
    label: Text
    hint: Text | None
    required: bool
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Evidence:
    """One slot of a path's evidence. `when` is None where it is always asked for; `when_document` is it as written."""

    id: str
    label: Text
    hint: Text | None
    accepts: tuple[Slot, ...]
    requirement: Requirement
    group: str | None
    when: Condition | None
    when_document: object | None
    refuses_shorteners: bool

    @property
    def typed(self) -> bool:
        """Whether it can be given as details.<id>."""
        return "link" in self.accepts or "text" in self.accepts


@dataclass(frozen=True)
class DetailRules:
    """What checking details needs beside the path: the messages of its errors, and the known URL shorteners."""

    messages: Mapping[str, Text]
    shorteners: frozenset[str]


@dataclass(frozen=True)
class Category:
    """One path of the tree. `hrefs` resolves the link targets that help texts use.

    `synonyms`: what people call it, by locale; the search finds it by them, and nobody reads them.
    """

    path: str
    title: Text
    synonyms: Mapping[str, tuple[str, ...]]
    help: tuple[HelpBlock, ...]
    fields: tuple[Field, ...]
    evidence: tuple[Evidence, ...]
    asks_country: bool
    segment: str
    retired: bool
    forwards_to: str | None
    hrefs: Mapping[str, str]
    detail_rules: DetailRules

    @property
    def listed(self) -> bool:
        """Whether people may still choose it."""
        return not self.retired and self.forwards_to is None

    @property
    def required_fields(self) -> tuple[str, ...]:
        """The names of the fields that have to be filled in: no ticket of a category with such can be made of a mail."""
        return tuple(field.name for field in self.fields if field.required)


@dataclass(frozen=True)
class Reason:
    """Why something was disapproved: what that means, and how to fix it."""

    code: str
    group: ReasonGroup
    title: Text
    meaning: Text
    mend: Text


@dataclass(frozen=True)
class GlossaryRule:
    """A pattern (a regular expression, case ignored) that texts in `locale` must not contain, and what to write instead."""

    locale: str
    never: str
    instead: str


@dataclass(frozen=True)
class Catalog:
    """The whole catalogue. `categories` holds retired and renamed paths too: `listed()` is what people choose from."""

    number: int
    network: str
    sender_domain: str
    words: Mapping[str, str]
    links: Mapping[str, str]
    locales: tuple[str, ...]
    segments: Mapping[str, Text]
    categories: Mapping[str, Category]
    reasons: Mapping[str, Reason]
    username_help: str | None
    detail_rules: DetailRules
    glossary: tuple[GlossaryRule, ...]

    def listed(self) -> tuple[Category, ...]:
        """The paths that people may choose, in display order."""
        return tuple(category for category in self.categories.values() if category.listed)

    def in_segment(self, segment: str) -> tuple[Category, ...]:
        """The paths of one top segment that people may choose, in display order."""
        return tuple(category for category in self.listed() if category.segment == segment)

    def resolve(self, path: str) -> Category | None:
        """The category that `path` means today: forwarding names followed; None if unknown or forwarded in a circle."""
        seen: set[str] = set()
        category = self.categories.get(path)
        while category is not None and category.forwards_to is not None:
            if category.path in seen:
                return None
            seen.add(category.path)
            category = self.categories.get(category.forwards_to)
        return category
