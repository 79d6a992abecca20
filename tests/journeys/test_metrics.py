"""What docs/operate/metrics.md tells is what a running system serves."""

import re
from pathlib import Path
from typing import Any

import requests

PAGE = Path(__file__).parents[2] / "docs" / "operate" / "metrics.md"


def test_each_service_serves_the_metrics_that_the_page_says(stack: dict[str, Any]) -> None:
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    for service in ("intake", "triage", "notify"):
        text = requests.get(f"{stack[f'{service}_url']}/metrics", timeout=10).text
        # OpenMetrics takes a counter's `_total` off its name; the text format leaves it.
        served = {
            name for name in re.findall(r"^# TYPE (vidare_\w+) \w+$", text, re.MULTILINE) if "_created" not in name
        }
        assert served == {name for name, by in rows if by == service}
