"""docs/operate/security.md names a test for each promise, and the tests it names exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operate" / "security.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:3] for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line][1:]


def written_out(path: str) -> list[str]:
    """A path with `{one,two}` in it, once for each."""
    found = re.search(r"\{(.+?)\}", path)
    return [path.replace(found[0], one) for one in found[1].split(",")] if found else [path]


@pytest.mark.parametrize(("promise", "held_by"), ROWS, ids=[promise.strip()[:40] for promise, _ in ROWS])
def test_a_promise_is_held_by_tests_that_exist(promise: str, held_by: str) -> None:
    named = [path for name in re.findall(r"`([^`]+)`", held_by) for path in written_out(name)]
    assert named, promise
    missing = [name for name in named if not (ROOT / name).exists() and not list((ROOT / "tests").rglob(name))]
    assert missing == []
