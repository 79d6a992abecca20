"""A value of a YAML file that knows its file and line, so that an error in the data can be found."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import yaml

from shared.validation import ValidationErrors
from shared.yaml_lines import ROOT, Document, Unquoted, YamlError, plain_value, read_yaml


@dataclass(frozen=True)
class Entry:
    """One value of a file. Reading what is not there adds to `errors` and answers with something empty."""

    value: object
    path: str
    file: str
    document: Document
    errors: ValidationErrors

    @property
    def source(self) -> str:
        return f"{self.file}:{self.document.lines[self.path]}"

    def error(self, message: str) -> None:
        self.errors.add(self.file, message, self.document.lines[self.path])

    def mapping(self, known: Collection[str] | None = None, required: Collection[str] = ()) -> dict[str, "Entry"]:
        """The entries by key; keys that are unknown, doubled or lacking are errors."""
        if not isinstance(self.value, dict):
            self.error("this must be a mapping")
            return {}
        found: dict[str, Entry] = {}
        for name, value in self.value.items():
            path = f"{self.path}.{name}"
            if known is not None and name not in known:
                message = f"“{name}” is not known here; known: {', '.join(sorted(known))}"
                self.errors.add(self.file, message, self.document.key_lines[path])
            else:
                found[name] = Entry(value, path, self.file, self.document, self.errors)
        for name in required:
            if name not in found:
                self.error(f"“{name}” is missing")
        return found

    def sequence(self) -> list["Entry"]:
        """The entries of a list."""
        if not isinstance(self.value, list):
            self.error("this must be a list")
            return []
        return [
            Entry(value, f"{self.path}[{number}]", self.file, self.document, self.errors)
            for number, value in enumerate(self.value)
        ]

    def string(self) -> str:
        """A single value as written, whatever YAML thinks its type is ("no" is a word, not a boolean)."""
        if not isinstance(self.value, str):
            self.error("this must be a single value")
            return ""
        return str(self.value).strip()

    def one_of(self, allowed: Collection[str]) -> str:
        value = self.string()
        if value not in allowed:
            self.error(f"“{value}” is not one of: {', '.join(sorted(allowed))}")
        return value

    def number(self) -> int:
        value = self.string()
        if not value.isascii() or not value.isdigit() or int(value) < 1:
            self.error(f"“{value}” is not a whole number above 0")
            return 0
        return int(value)

    def flag(self) -> bool:
        return self.one_of({"true", "false"}) == "true"

    def plain(self) -> object:
        """The value with its unquoted scalars read: numbers, true, false and null."""
        return _plain(self.value)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return plain_value(value) if isinstance(value, Unquoted) else value


def read_file(path: Path, errors: ValidationErrors) -> Entry | None:
    """The file's root, or None with an error added when it cannot be read."""
    name = path.name
    try:
        document = read_yaml(path.read_text(encoding="utf-8"), anchors=True, scalar=Unquoted)
    except FileNotFoundError:
        errors.add(name, f"there is no such file in {path.parent}")
    except (OSError, UnicodeDecodeError) as error:
        errors.add(name, str(error))
    except YamlError as error:
        errors.add(name, str(error), error.line)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        errors.add(name, f"not YAML: {error.problem or error}", line)
    except (yaml.YAMLError, ValueError) as error:
        errors.add(name, f"not YAML: {str(error).splitlines()[0]}")
    else:
        for _, key, line in document.doubled:
            errors.add(name, f"“{key}” is given twice", line)
        if document.lines:
            return Entry(document.value, ROOT, name, document, errors)
        errors.add(name, "the file is empty")
    return None
