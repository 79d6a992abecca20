"""The shortcuts dialog lists every key."""

import re
from pathlib import Path

from services.triage import console
from services.triage.console.ticket import panels

TEMPLATES = Path(str(console.__file__)).parent


def test_every_key_is_in_the_shortcuts_dialog() -> None:
    all_panels = [*panels._HOLDERS, panels._NOTE, panels._CHANGE, panels._REOPEN]
    keys = {panel.key for panel in all_panels}
    for template in TEMPLATES.rglob("*.html"):
        keys |= set(re.findall(r'aria-keyshortcuts="([^"{]+)"', template.read_text(encoding="utf-8")))
    told = set(re.findall(r"<kbd>([^<]+)</kbd>", (TEMPLATES / "layout/shortcuts.html").read_text(encoding="utf-8")))
    assert keys - told == set()
    assert len({panel.key for panel in all_panels}) == len(all_panels)
