"""A YAML node that knows its file and line, so that a fault in the data can be found by whoever wrote it."""

from collections.abc import Collection
from pathlib import Path
from typing import cast

import yaml

# libyaml's loader where the wheel has it: the pure one takes ten times as long over the same nodes.
_LOADER = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))
_KINDS = {yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a single value"}


class Entry:
    """One node of a YAML file. Reading what is not there adds to `faults` and answers with something empty."""

    def __init__(self, node: yaml.Node, file: str, faults: list[str]) -> None:
        self.node = node
        self.file = file
        self.faults = faults

    @property
    def place(self) -> str:
        return f"{self.file}:{self.node.start_mark.line + 1}"

    def fault(self, text: str) -> None:
        self.faults.append(f"{self.place}: {text}")

    def mapping(self, known: Collection[str] | None = None, required: Collection[str] = ()) -> dict[str, "Entry"]:
        """The entries by key; keys that are unknown, doubled or lacking are faults."""
        if not self._is(yaml.MappingNode):
            return {}
        found: dict[str, Entry] = {}
        for key_node, value_node in self.node.value:
            key = Entry(key_node, self.file, self.faults)
            name = key.string()
            if name in found:
                key.fault(f"“{name}” is given twice")
            elif known is not None and name not in known:
                key.fault(f"“{name}” is not known here; known: {', '.join(sorted(known))}")
            else:
                found[name] = Entry(value_node, self.file, self.faults)
        for name in required:
            if name not in found:
                self.fault(f"“{name}” is missing")
        return found

    def sequence(self) -> list["Entry"]:
        """The entries of a list."""
        if not self._is(yaml.SequenceNode):
            return []
        return [Entry(node, self.file, self.faults) for node in self.node.value]

    def string(self) -> str:
        """A single value as written, whatever YAML thinks its type is ("no" is a word, not a boolean)."""
        if not self._is(yaml.ScalarNode):
            return ""
        return str(self.node.value).strip()

    def one_of(self, allowed: Collection[str]) -> str:
        value = self.string()
        if value not in allowed:
            self.fault(f"“{value}” is not one of: {', '.join(sorted(allowed))}")
        return value

    def number(self) -> int:
        value = self.string()
        if not value.isascii() or not value.isdigit() or int(value) < 1:
            self.fault(f"“{value}” is not a whole number above 0")
            return 0
        return int(value)

    def flag(self) -> bool:
        return self.one_of({"true", "false"}) == "true"

    def plain(self) -> object:
        """The node as plain Python values."""
        constructor = yaml.SafeLoader("")
        try:
            return cast("object", constructor.construct_object(self.node, deep=True))
        except yaml.YAMLError as error:
            self.fault(str(error).splitlines()[0])
            return None

    def _is(self, kind: type[yaml.Node]) -> bool:
        if isinstance(self.node, kind):
            return True
        self.fault(f"this must be {_KINDS[kind]}")
        return False


def read_file(path: Path, faults: list[str]) -> Entry | None:
    """The file's root, or None with a fault added when it cannot be read."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except FileNotFoundError:
        faults.append(f"{path.name}: there is no such file in {path.parent}")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{path.name}: {error}")
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        faults.append(f"{path.name}{line}: not YAML: {error.problem or error}")
    except yaml.YAMLError as error:
        faults.append(f"{path.name}: not YAML: {str(error).splitlines()[0]}")
    else:
        if node is not None:
            return Entry(node, path.name, faults)
        faults.append(f"{path.name}: the file is empty")
    return None
