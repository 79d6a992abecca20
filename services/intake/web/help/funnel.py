"""How many people the help was shown to, how many it served, and how many went on to write."""

from typing import Literal

from prometheus_client import Counter

from services.intake.web.desk import desk

Step = Literal["shown", "solved", "went_on", "submitted"]

HELP_STEPS = Counter(
    "vidare_help_steps_total", "Steps taken at a topic: shown, solved, went_on, submitted", ["step", "category"]
)


def count_step(step: Step, category: str) -> None:
    """Count one step at a topic; `category` is a path of the catalogue, never what a person typed."""
    HELP_STEPS.labels(step, category).inc()
    desk().count_step(step, category)
