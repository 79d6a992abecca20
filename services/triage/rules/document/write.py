"""A ruleset as people write it."""

from typing import Any

import yaml


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # one of two classes
    """Writes what stands in two places twice: anchors are refused where it is read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(value: Any) -> str:
    """The value as YAML, keys in their order, that read_text reads as the same value."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


def source_of(text: str) -> str | None:
    """What of a text is worth keeping beside its document: YAML as it is; JSON has no comments to lose."""
    return None if text.lstrip().startswith(("{", "[")) else text
