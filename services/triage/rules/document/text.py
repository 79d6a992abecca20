"""Reads a document's text, YAML or JSON, into plain values, and remembers the line of each.

PyYAML only splits the text into events here. Its own constructors follow anchors, recurse, keep the last of two equal
keys and take `no` for false and 17:00 for 1020; a ruleset wants none of that.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from services.triage.rules.document.strict_json import MAX_NESTING, read_json
from services.triage.rules.engine.without_gc import uncollected
from shared.conditions import Fault

MAX_TEXT_BYTES = 1 << 20
# Some ten thousand rules' worth; reading so many takes most of a second.
MAX_VALUES = 200_000
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Text:
    """What a text says: the value, and the line (from 1) of everything in it by its path."""

    value: object
    lines: Mapping[str, int]


class _Broken(Exception):
    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class _Open:
    """A list or mapping that is still being read."""

    value: list[object] | dict[str, object]
    path: str
    key: str | None = None


@dataclass
class _Builder:
    lines: dict[str, int] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    root: object = None
    documents: int = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _Broken("one document a text, please: there is a second one", line)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Broken("anchors and aliases (& and *) are not allowed", line)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if event.tag is not None:
            raise _Broken(f"tags such as {str(event.tag)[:40]} are not allowed", line)
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, top.value, event.value, line)
        else:
            self._add(_plain(event.value) if event.implicit[0] and not event.style else event.value, line)

    def _key(self, top: _Open, mapping: dict[str, object], key: str, line: int) -> None:
        if key in mapping:
            raise _Broken(f"the key {key[:60]!r} is there twice", line)
        top.key = key

    def _open(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if event.tag is not None:
            raise _Broken(f"tags such as {str(event.tag)[:40]} are not allowed", line)
        if len(self.stack) >= MAX_NESTING:
            raise _Broken(f"nested deeper than {MAX_NESTING} lists and mappings", line)
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            raise _Broken("a list or mapping cannot be a key", line)
        value: list[object] | dict[str, object] = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self.stack.append(_Open(value, self._add(value, line)))

    def _add(self, value: object, line: int) -> str:
        if len(self.lines) >= MAX_VALUES:
            raise _Broken(f"more than {MAX_VALUES} values", line)
        if not self.stack:
            self.root, path = value, "document"
        else:
            top = self.stack[-1]
            if isinstance(top.value, list):
                path = f"{top.path}[{len(top.value)}]"
                top.value.append(value)
            else:
                path = f"{top.path}.{top.key}"
                top.value[str(top.key)] = value
                top.key = None
        self.lines[path] = line
        return path


@uncollected
def read_text(text: str) -> tuple[Text | None, list[Fault]]:
    """The text's value and lines, or why it cannot be read. Takes YAML and JSON."""
    if len(text.encode("utf-8", "replace")) > MAX_TEXT_BYTES:
        return None, [Fault("document", f"larger than {MAX_TEXT_BYTES >> 20} MiB")]
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except _Broken as broken:
        return None, [Fault("document", str(broken), broken.line)]
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        return _as_json(text) or (None, [_unreadable(error)])
    return Text(builder.root, builder.lines), []


def _as_json(text: str) -> tuple[Text, list[Fault]] | None:
    """The little JSON that YAML does not take, such as escaped surrogate pairs; it has no lines."""
    value, faults = read_json(text.encode("utf-8", "replace"))
    return None if faults else (Text(value, {}), [])


def _unreadable(error: Exception) -> Fault:
    if not isinstance(error, yaml.MarkedYAMLError):
        return Fault("document", f"not readable: {str(error)[:200]}")
    mark = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.context, error.problem) if part)
    return Fault("document", f"not readable: {said}", mark.line + 1 if mark else None)


def _plain(written: str) -> object:
    """What an unquoted scalar means, as in JSON: numbers, true, false and null, all else is a string."""
    if written in _WORDS:
        return _WORDS[written]
    if _INTEGER.fullmatch(written):
        return int(written)
    return float(written) if _FLOAT.fullmatch(written) else written
