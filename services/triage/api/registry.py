"""All modules of the API, in the order of its OpenAPI document. A module is a file with a `blueprint`, and one line here."""

from types import ModuleType

from services.triage.api import (
    blocked_senders,
    bulk,
    daily_reports,
    events,
    live,
    notifications,
    people,
    reports,
    saved_replies,
    views,
    webhooks,
)
from services.triage.api.admin import accounts, audit, teams, tokens
from services.triage.api.rules import replays, rulesets
from services.triage.api.tickets import (
    announcements,
    claims,
    merging,
    opening,
    participants,
    presence,
    read,
    snoozes,
    uploads,
)

MODULES: tuple[ModuleType, ...] = (
    read,
    opening,
    participants,
    merging,
    claims,
    uploads,
    bulk,
    announcements,
    webhooks,
    rulesets,
    events,
    replays,
    reports,
    daily_reports,
    people,
    snoozes,
    blocked_senders,
    saved_replies,
    presence,
    notifications,
    live,
    views,
    accounts,
    tokens,
    teams,
    audit,
)
