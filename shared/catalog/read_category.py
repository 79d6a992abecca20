"""Reads one path of the tree: its help, fields and evidence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, get_args

from shared.catalog.entry import Entry
from shared.catalog.model import (
    BlockKind,
    Category,
    DetailRules,
    Evidence,
    Field,
    FieldType,
    HelpBlock,
    Option,
    Requirement,
    Slot,
)
from shared.catalog.reader import Reader
from shared.catalog.synonyms import read_synonyms
from shared.catalog.text import FALLBACK, Text
from shared.conditions import Condition, Vocabulary, parse

_KEYS = {"path", "title", "synonyms", "help", "fields", "evidence", "asks_country", "retired", "forwards_to"}
_FIELD_KEYS = {"name", "type", "label", "hint", "required", "options"}
_EVIDENCE_KEYS = {"id", "label", "hint", "accepts", "requirement", "group", "when", "refuses_shorteners"}
_PATH = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)+")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LISTS = {"steps", "list"}


@dataclass(frozen=True)
class CategoryReader:
    """What all paths of one catalogue share while they are read."""

    reader: Reader
    hrefs: Mapping[str, str]
    rules: DetailRules

    def category(self, entry: Entry, segment: str) -> Category:
        """The category at `entry`; a renamed one (`forwards_to`) needs no texts of its own."""
        required = {"path"} if "forwards_to" in _names(entry) else {"path", "title"}
        keys = entry.mapping(known=_KEYS, required=required)
        path = _matching(keys.get("path"), _PATH, "a path such as account/password")
        if path and path.partition("/")[0] != segment:
            keys["path"].error(f"“{path}” does not belong in the file of “{segment}”")
        fields = tuple(self._field(item, path) for item in _items(keys, "fields"))
        details = {field.name: frozenset(option.value for option in field.options) or None for field in fields}
        return Category(
            path=path,
            title=self._text(keys, "title", path) or Text({FALLBACK: path}),
            synonyms=read_synonyms(keys["synonyms"], self.reader.locales) if "synonyms" in keys else {},
            help=tuple(self._block(item, f"{path}.help.{n}") for n, item in enumerate(_items(keys, "help"), 1)),
            fields=fields,
            evidence=tuple(self._evidence(item, path, details) for item in _items(keys, "evidence")),
            asks_country=_flag(keys, "asks_country"),
            segment=segment,
            retired=_flag(keys, "retired"),
            forwards_to=keys["forwards_to"].string() if "forwards_to" in keys else None,
            hrefs=self.hrefs,
            detail_rules=self.rules,
        )

    def _block(self, entry: Entry, address: str) -> HelpBlock:
        kinds = entry.mapping(known=get_args(BlockKind))
        if len(kinds) != 1:
            entry.error(f"a block of help is one of: {', '.join(get_args(BlockKind))}")
            return HelpBlock("paragraph", ())
        kind, content = next(iter(kinds.items()))
        if kind not in _LISTS:
            return HelpBlock(cast("BlockKind", kind), (self.reader.text(content, address),))
        items = (self.reader.text(item, f"{address}.{n}") for n, item in enumerate(content.sequence(), 1))
        return HelpBlock(cast("BlockKind", kind), tuple(items))

    def _field(self, entry: Entry, path: str) -> Field:
        keys = entry.mapping(known=_FIELD_KEYS, required={"name", "type", "label"})
        name = _matching(keys.get("name"), _NAME, "a name such as account_email")
        address = f"{path}.fields.{name}"
        kind = keys["type"].one_of(get_args(FieldType)) if "type" in keys else "text"
        if (kind == "choice") != ("options" in keys):
            entry.error("a field has options if, and only if, its type is choice")
        return Field(
            name=name,
            type=cast("FieldType", kind),
            label=self._text(keys, "label", address) or Text({FALLBACK: name}),
            hint=self._text(keys, "hint", address),
            required=_flag(keys, "required"),
            options=tuple(self._options(keys["options"], f"{address}.options")) if "options" in keys else (),
        )

    def _options(self, entry: Entry, address: str) -> list[Option]:
        return [
            Option(value, self.reader.text(label, f"{address}.{value}")) for value, label in entry.mapping().items()
        ]

    def _evidence(self, entry: Entry, path: str, details: Mapping[str, frozenset[str] | None]) -> Evidence:
        keys = entry.mapping(known=_EVIDENCE_KEYS, required={"id", "label", "accepts", "requirement"})
        name = _matching(keys.get("id"), _NAME, "an id such as screenshot")
        address = f"{path}.evidence.{name}"
        requirement = keys["requirement"].one_of(get_args(Requirement)) if "requirement" in keys else "optional"
        if (requirement == "any_of") != ("group" in keys):
            entry.error("evidence has a group if, and only if, its requirement is any_of")
        return Evidence(
            id=name,
            label=self._text(keys, "label", address) or Text({FALLBACK: name}),
            hint=self._text(keys, "hint", address),
            accepts=tuple(cast("Slot", slot.one_of(get_args(Slot))) for slot in _items(keys, "accepts")),
            requirement=cast("Requirement", requirement),
            group=keys["group"].string() if "group" in keys else None,
            when=_condition(keys.get("when"), details),
            when_document=keys["when"].plain() if "when" in keys else None,
            refuses_shorteners=_flag(keys, "refuses_shorteners"),
        )

    def _text(self, keys: Mapping[str, Entry], name: str, address: str) -> Text | None:
        return self.reader.text(keys[name], f"{address}.{name}") if name in keys else None


def _condition(entry: Entry | None, details: Mapping[str, frozenset[str] | None]) -> Condition | None:
    if entry is None:
        return None
    vocabulary = Vocabulary(categories=frozenset(), details=details, only_details=True)
    condition, errors = parse(entry.plain(), "when", vocabulary)
    for error in errors:
        entry.error(f"{error.path}: {error.message}")
    return condition


def _names(entry: Entry) -> set[str]:
    return set(entry.value) if isinstance(entry.value, dict) else set()


def _items(keys: Mapping[str, Entry], name: str) -> list[Entry]:
    return keys[name].sequence() if name in keys else []


def _flag(keys: Mapping[str, Entry], name: str) -> bool:
    return name in keys and keys[name].flag()


def _matching(entry: Entry | None, pattern: re.Pattern[str], like: str) -> str:
    if entry is None:
        return ""
    value = entry.string()
    if not pattern.fullmatch(value):
        entry.error(f"“{value}” is not {like}")
    return value
