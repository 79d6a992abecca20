"""The ruleset that a new installation starts with.

Its first migration has a frozen copy. After a change here, a new migration saves the change for new installations.
"""

from pathlib import Path

from services.triage.rules.document.text import read_text

SEED = Path(__file__).with_name("seed.yaml")


def seed_document() -> dict[str, object]:
    """The seed ruleset as a document, ready for parse_document."""
    read, errors = read_text(SEED.read_text(encoding="utf-8"))
    if read is None or not isinstance(read.value, dict):
        raise RuntimeError(f"the seed ruleset cannot be read: {errors}")
    return read.value
