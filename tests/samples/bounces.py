"""Bounces as servers write them, of flufl.bounce's source package: local/install.sh puts it beside the libraries."""

import sys
from pathlib import Path

import pytest

FOLDER = Path(sys.prefix) / "share" / "flufl.bounce" / "tests" / "data"


def bounces() -> dict[str, bytes]:
    """By their names. Without the package, which a registry may not have, the test is skipped."""
    found = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.txt"))}
    if not found:
        pytest.skip(f"flufl.bounce's samples are not in {FOLDER}: local/install.sh puts them there")
    return found
