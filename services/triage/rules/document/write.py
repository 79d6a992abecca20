"""Writes a ruleset as YAML."""

from typing import Any

import yaml


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # one of two classes
    """Writes a repeated value twice: the reader refuses anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(value: Any) -> str:
    """The value as YAML, keys in their order, that read_text reads as the same value."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


def source_of(text: str) -> str | None:
    """The text to keep beside its document: YAML as it is; None for JSON, which has no comments."""
    return None if text.lstrip().startswith(("{", "[")) else text
