"""docs/operate/metrics.md names every metric that the code makes, and no other."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKERS = {"Counter", "Gauge", "Histogram", "GaugeMetricFamily", "CounterMetricFamily", "HistogramMetricFamily"}


def _made() -> set[str]:
    """The first argument of every call that makes a metric."""
    return {
        call.args[0].value
        for folder in ("shared", "services")
        for file in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MAKERS and call.args
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def test_the_page_names_every_metric() -> None:
    told = set(
        re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "operate" / "metrics.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert len(told) > 10
    assert told == _made()
