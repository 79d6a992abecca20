"""Reads YAML into plain values and remembers the line of each.

PyYAML only splits the text into events here. Its own constructors recurse, keep the last of two equal keys and read `no` as
false and 17:00 as 1020.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import yaml

MAX_NESTING = 60  # Twenty groups of a condition, each a mapping in a list, and what encloses them.
# Some ten thousand rules' worth; reading so many takes most of a second.
MAX_VALUES = 200_000
ROOT = "document"
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
# libyaml's parser where the wheel has it: the pure one takes ten times as long.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """A text that was read.

    `lines` gives the line (from 1) of every value by its path, `key_lines` that of the key before it. `doubled` names each key
    that stands twice in its mapping, by the mapping's path, with the line of the second; the first one counts.
    """

    value: object
    lines: Mapping[str, int]
    key_lines: Mapping[str, int]
    doubled: tuple[tuple[str, str, int], ...] = ()


class YamlError(Exception):
    """The text cannot be read; `line` where it is known."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


class Unquoted(str):
    """A scalar written without quotes, as written. `plain_value` gives what it means."""

    __slots__ = ()


def plain_value(written: str) -> object:
    """What an unquoted scalar means, as in JSON: numbers, true, false and null; all else is a string."""
    if written in _WORDS:
        return _WORDS[written]
    if _INTEGER.fullmatch(written):
        return int(written)
    return float(written) if _FLOAT.fullmatch(written) else written


def read_yaml(text: str, *, anchors: bool = False, scalar: Callable[[str], object] = plain_value) -> Document:
    """The text's value with its lines.

    `anchors`: whether a value may be repeated (`&` and `*`) and tagged (the tag is ignored); a text of strangers may do
    neither. `scalar` makes the value of an unquoted scalar. Raises YamlError, yaml.YAMLError, UnicodeError, ValueError.
    """
    builder = _Builder(anchors, scalar)
    for event in yaml.parse(text, Loader=_LOADER):
        builder.add(event)
    return Document(builder.root, builder.lines, builder.key_lines, tuple(builder.doubled))


@dataclass
class _Open:
    """A list or mapping that is still being read. `twice`: the key was there already, so that its value is dropped."""

    value: list[object] | dict[str, object]
    path: str
    anchor: str | None
    key: str | None = None
    twice: bool = False


@dataclass
class _Builder:
    anchors: bool
    scalar: Callable[[str], object]
    lines: dict[str, int] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)
    doubled: list[tuple[str, str, int]] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    root: object = None
    documents: int = 0
    anchored: dict[str, tuple[object, str]] = field(default_factory=dict)

    def add(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise YamlError("one document a text, please: there is a second one", line)
        if not self.anchors and (isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None):
            raise YamlError("anchors and aliases (& and *) are not allowed", line)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor, line)

    def _key_is_next(self) -> _Open | None:
        top = self.stack[-1] if self.stack else None
        return top if top is not None and isinstance(top.value, dict) and top.key is None else None

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._check_tag(event, line)
        top = self._key_is_next()
        if top is not None:
            self._key(top, event.value, line)
            return
        value = self.scalar(event.value) if event.implicit[0] and not event.style else event.value
        path = self._add(value, line)
        if event.anchor is not None:
            self.anchored[event.anchor] = (value, path)

    def _key(self, top: _Open, key: str, line: int) -> None:
        top.key, top.twice = key, key in top.value
        if top.twice:
            self.doubled.append((top.path, key, line))
        else:
            self.key_lines[f"{top.path}.{key}"] = line

    def _open(self, event: yaml.CollectionStartEvent, line: int) -> None:
        self._check_tag(event, line)
        if len(self.stack) >= MAX_NESTING:
            raise YamlError(f"nested deeper than {MAX_NESTING} lists and mappings", line)
        if self._key_is_next() is not None:
            raise YamlError("a list or mapping cannot be a key", line)
        value: list[object] | dict[str, object] = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self.stack.append(_Open(value, self._add(value, line), event.anchor))

    def _close(self) -> None:
        closed = self.stack.pop()
        if closed.anchor is not None:
            self.anchored[closed.anchor] = (closed.value, closed.path)

    def _alias(self, anchor: str | None, line: int) -> None:
        if anchor is None or anchor not in self.anchored:
            raise YamlError(f"there is no anchor {str(anchor)[:60]!r} above", line)
        value, source = self.anchored[anchor]
        path = self._add(value, line)
        for lines in (self.lines, self.key_lines):
            inside = [(known, at) for known, at in lines.items() if known.startswith((f"{source}.", f"{source}["))]
            lines.update((path + known[len(source) :], at) for known, at in inside)
        self.lines[path] = self.lines[source]
        if len(self.lines) > MAX_VALUES:
            raise YamlError(f"more than {MAX_VALUES} values", line)

    def _check_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int) -> None:
        if event.tag is not None and not self.anchors:
            raise YamlError(f"tags such as {str(event.tag)[:40]} are not allowed", line)

    def _add(self, value: object, line: int) -> str:
        if len(self.lines) >= MAX_VALUES:
            raise YamlError(f"more than {MAX_VALUES} values", line)
        if not self.stack:
            self.root, path = value, ROOT
        else:
            top = self.stack[-1]
            if isinstance(top.value, list):
                path = f"{top.path}[{len(top.value)}]"
                top.value.append(value)
            else:
                path = f"{top.path}.{top.key}"
                if top.twice:
                    path += " (again)"  # does not overwrite the lines of the first
                else:
                    top.value[str(top.key)] = value
                top.key = None
        self.lines[path] = line
        return path
