"""docs/operate/settings.md has every setting with its meaning and default, and nothing else.

`VIDARE_UPDATE_DOCS=1 pytest tests/architecture/test_settings_documented.py` writes it.
"""

import os
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from services.intake.settings import IntakeSettings
from services.notify.settings import NotifySettings
from services.triage.settings import TriageSettings
from shared.runtime.processes import ProcessSettings
from shared.settings import PlatformSettings

PAGE = Path(__file__).parents[2] / "docs" / "operate" / "settings.md"

HEAD = """# Settings

Every setting is an environment variable. Any can be read from a file instead, for secrets: set `NAME_FILE` to its path.
All problems are reported together, and a process with a wrong setting does not start. A test compares this page with the code.
"""

TOOLS = """
## Tools

| variable | meaning | default |
| --- | --- | --- |
| `VIDARE_HOME` | Where `make run` keeps its data, and where `vidare` looks for a local stack. | `.local` |
| `VIDARE_LOCAL_AGENTS` | `1`: `make run` makes its agents in an external database too. | |
| `VIDARE_REQUIRE_BROWSER` | `1`: browser tests fail where there is no Chromium, instead of being skipped. | |
| `VIDARE_CRASH_AT` | For tests: the [crash point](../develop/crash-points.md) at which the process dies as if killed. | |
"""

PARTS = (
    ("Every process", PlatformSettings, ()),
    ("Starting processes", ProcessSettings, (PlatformSettings,)),
    ("intake", IntakeSettings, (PlatformSettings,)),
    ("triage", TriageSettings, (PlatformSettings,)),
    ("notify", NotifySettings, (PlatformSettings,)),
)


def page() -> str:
    """The page that the code implies."""
    return HEAD + "".join(_part(*part) for part in PARTS) + TOOLS


def _part(title: str, cls: type[PlatformSettings], bases: tuple[type[PlatformSettings], ...]) -> str:
    known = {entry.name for base in bases for entry in fields(base)}
    own = [entry for entry in fields(cls) if entry.name not in known]
    rows = "".join(
        f"| `{entry.metadata['variable']}` | {entry.metadata['about']} | {_default(entry)} |\n" for entry in own
    )
    return f"\n## {title}\n\n| variable | meaning | default |\n| --- | --- | --- |\n{rows}"


def _default(entry: Field[Any]) -> str:
    if entry.default is MISSING:
        return "**required**"
    if entry.default in (None, ""):
        return ""
    if entry.name == "heartbeats":
        return "in the temporary folder"
    value = ",".join(map(str, entry.default)) if isinstance(entry.default, tuple) else str(entry.default)
    return f"`{value}`"


def test_page_matches_the_code() -> None:
    if os.environ.get("VIDARE_UPDATE_DOCS") == "1":
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
