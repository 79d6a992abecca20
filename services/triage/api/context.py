"""What every view needs, made once an app."""

from dataclasses import dataclass

from sqlalchemy import Engine

from services.triage.rulesets.stored import StoredRulesets
from services.triage.settings import TriageSettings
from shared.store import ObjectStore


@dataclass(frozen=True)
class Context:
    """The app's connections, settings and rulesets."""

    engine: Engine
    settings: TriageSettings
    rulesets: StoredRulesets
    store: ObjectStore
