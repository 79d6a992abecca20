"""Bounces as servers write them, of flufl.bounce's source package: local/install.sh puts it beside the libraries."""

import os
import sys
from pathlib import Path

import pytest

FOLDER = Path(sys.prefix) / "share" / "flufl.bounce" / "tests" / "data"


def bounces() -> dict[str, bytes]:
    """By their names. Without the package the test is skipped, but for CI, where it fails."""
    found = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.txt"))}
    if not found:
        missing = f"flufl.bounce's samples are not in {FOLDER}: local/install.sh puts them there"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return found
