"""A running system serves the metrics of docs/operate/metrics.md."""

import re
from pathlib import Path
from typing import Any

import requests

PAGE = Path(__file__).parents[2] / "docs" / "operate" / "metrics.md"


def test_each_service_serves_its_metrics_on_the_page(stack: dict[str, Any]) -> None:
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    for service in ("intake", "triage", "notify"):
        text = requests.get(f"{stack[f'{service}_url']}/metrics", timeout=10).text
        # OpenMetrics removes a counter's `_total` from its name, the text format does not.
        served = {
            name for name in re.findall(r"^# TYPE (vidare_\w+) \w+$", text, re.MULTILINE) if "_created" not in name
        }
        assert served == {name for name, by in rows if by == service}
