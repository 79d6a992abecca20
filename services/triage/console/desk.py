"""What the console's pages need: handed over once, found by every view."""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, current_app
from sqlalchemy import Engine

from services.triage.rulesets.stored import StoredRulesets
from services.triage.settings import TriageSettings
from shared.catalog.model import Catalog
from shared.storage.object_store import ObjectStore

_KEPT = "vidare-console"


@dataclass(frozen=True)
class Desk:
    """The parts behind the console."""

    settings: TriageSettings
    engine: Engine
    store: ObjectStore
    rulesets: StoredRulesets

    @property
    def catalog(self) -> Catalog:
        """The catalogue that rules and pages name paths by."""
        return self.rulesets.catalog

    @property
    def secure(self) -> bool:
        """Whether agents come over TLS; cookies then never travel without it."""
        return self.settings.triage_url.startswith("https:")


def keep_desk(app: Flask, desk: Desk) -> None:
    """Let `desk()` find it."""
    app.extensions[_KEPT] = desk


def desk() -> Desk:
    """The desk of the app that serves this request."""
    return cast(Desk, current_app.extensions[_KEPT])


def session_cookie(triage_url: str) -> str:
    """The name of the session's cookie. `__Host-` binds it to this very host over TLS; without TLS (the local stack) the port is
    in the name, since cookies do not know ports and two stacks on one machine would sign each other out.
    """
    address = urlsplit(triage_url)
    return "__Host-vidare" if address.scheme == "https" else f"vidare-{address.port or 80}"


def visit_cookie(triage_url: str) -> str:
    """The name of the cookie that the sign-in form's token is bound to."""
    return f"{session_cookie(triage_url)}-visit"
