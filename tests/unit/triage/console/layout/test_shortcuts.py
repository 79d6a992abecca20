"""The sheet of keyboard shortcuts has every key."""

import re
from pathlib import Path

from services.triage import console
from services.triage.actions.registry import ACTIONS

CONSOLE = Path(str(console.__file__)).parent


def test_every_key_of_a_template_is_on_the_sheet() -> None:
    keys: set[str] = set()
    for template in CONSOLE.rglob("*.html"):
        keys |= set(re.findall(r'aria-keyshortcuts="([^"{]+)"', template.read_text(encoding="utf-8")))
    assert keys
    assert keys - _on_sheet() == set()


def test_every_action_has_a_key_of_its_own() -> None:
    keys = [action.key for action in ACTIONS]
    assert len(set(keys)) == len(keys)
    assert set(keys) & _on_sheet() == set()


def _on_sheet() -> set[str]:
    """The keys in the sheet's template; those of actions come from the registry."""
    sheet = (CONSOLE / "layout/shortcuts.html").read_text(encoding="utf-8")
    return set(re.findall(r"<kbd>([^<{]+)</kbd>", sheet))
