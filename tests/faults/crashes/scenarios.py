"""All scenes; tests/architecture holds them against the table of places."""

from tests.faults.crashes import events_scenes, intake_scenes, notify_scenes, triage_scenes

SCENARIOS = (
    *intake_scenes.SCENARIOS,
    *events_scenes.SCENARIOS,
    *triage_scenes.SCENARIOS,
    *notify_scenes.SCENARIOS,
)
