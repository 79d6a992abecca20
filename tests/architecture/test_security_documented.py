"""docs/operate/security.md names a test for each promise, and the tests it names exist."""

import re

import pytest

from tests.architecture.test_docs import alternatives
from tests.architecture.test_tree import ROOT

PAGE = (ROOT / "docs" / "operate" / "security.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:3] for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line][1:]


@pytest.mark.parametrize(("promise", "checked_by"), ROWS, ids=[promise.strip()[:40] for promise, _ in ROWS])
def test_each_promise_names_existing_tests(promise: str, checked_by: str) -> None:
    named = [path for name in re.findall(r"`([^`]+)`", checked_by) for path in alternatives(name)]
    assert named, promise
    missing = [name for name in named if not (ROOT / name).exists() and not list((ROOT / "tests").rglob(name))]
    assert missing == []
