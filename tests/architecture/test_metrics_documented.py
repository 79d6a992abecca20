"""docs/operate/metrics.md names every metric of the code, and no other."""

import ast
import re

from tests.architecture.test_tree import ROOT

MAKERS = {"Counter", "Gauge", "Histogram", "GaugeMetricFamily", "CounterMetricFamily", "HistogramMetricFamily"}


def metrics_in_the_code() -> set[str]:
    """The first argument of every call that makes a metric."""
    return {
        call.args[0].value
        for folder in ("shared", "services")
        for file in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MAKERS and call.args
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def test_page_names_every_metric() -> None:
    documented = set(
        re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "operate" / "metrics.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert len(documented) > 10
    assert documented == metrics_in_the_code()
