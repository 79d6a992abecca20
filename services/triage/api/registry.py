"""All modules of the API, in the order of its OpenAPI document. A module is a file with a `blueprint`, and one line here."""

from types import ModuleType

from services.triage.api import events, people, reports, webhooks
from services.triage.api.rules import replays, rulesets
from services.triage.api.tickets import announcements, claims, opening, participants, read, uploads

MODULES: tuple[ModuleType, ...] = (
    read,
    opening,
    participants,
    claims,
    uploads,
    announcements,
    webhooks,
    rulesets,
    events,
    replays,
    reports,
    people,
)
