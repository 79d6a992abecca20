"""Counts the people who saw a help topic, whom it helped, and who went on to write."""

from functools import cache
from typing import Literal

from flask import request
from prometheus_client import Counter

from services.intake.current_deps import deps
from services.intake.help_funnel.count_steps import HelpStep
from services.intake.sender import network

Step = Literal["shown", "solved", "went_on", "submitted"]


@cache
def steps_metric() -> Counter:
    """The metric, made with the application: this module is also imported where another service's application is served."""
    return Counter(
        "vidare_help_steps_total", "Steps taken at a topic: shown, solved, went_on, submitted", ["step", "category"]
    )


def count_step(step: Step, category: str) -> None:
    """Count one step at a topic; `category` is a path of the catalogue, never what a person entered. Never blocks, never raises."""
    steps_metric().labels(step, category).inc()
    browser = f"{request.user_agent.string[:300]}\n{request.headers.get('Accept-Language', '')[:100]}"
    deps().funnel.count(HelpStep(step, category, network(), browser))
