"""All scenes; tests/architecture compares them with the table of crash points."""

from tests.faults.crashes import (
    bulk_scenes,
    events_scenes,
    inbound_mail_scenes,
    intake_scenes,
    notify_scenes,
    triage_scenes,
    upload_scenes,
)

SCENARIOS = (
    *intake_scenes.SCENARIOS,
    *inbound_mail_scenes.SCENARIOS,
    *events_scenes.SCENARIOS,
    *triage_scenes.SCENARIOS,
    *bulk_scenes.SCENARIOS,
    *upload_scenes.SCENARIOS,
    *notify_scenes.SCENARIOS,
)
