"""What every view needs, made once an app."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from sqlalchemy import Engine

from services.triage.rulesets.stored import StoredRulesets
from services.triage.settings import TriageSettings
from shared.storage.object_store import ObjectStore

_KEPT = "vidare-api"


@dataclass(frozen=True)
class Context:
    """The app's connections, settings and rulesets."""

    engine: Engine
    settings: TriageSettings
    rulesets: StoredRulesets
    store: ObjectStore


def keep_context(app: Flask, kept: Context) -> None:
    """Let `context()` find it."""
    app.extensions[_KEPT] = kept


def context() -> Context:
    """The context of the app that serves this request."""
    return cast(Context, current_app.extensions[_KEPT])
