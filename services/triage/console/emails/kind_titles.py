"""The titles of the kinds of e-mail, asked of notify and cached by the application."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import current_app

from services.triage.console.emails.notify_client import notify
from shared.auth.principal import Principal
from shared.errors import UseCaseError

# A kind is added by a new version of notify; minutes later is soon enough.
KEEP_SECONDS = 300.0
# While notify is away, a page waits for it at most this often.
RETRY_SECONDS = 30.0

_KEY = "vidare-kind-titles"


@dataclass
class _Cache:
    titles: Mapping[str, str] = field(default_factory=dict)
    asked_again_at: float = 0.0


def kind_titles(reader: Principal) -> Mapping[str, str]:
    """Title by kind, in notify's order; while notify is away the last known ones, or none. Show a kind's name where it has no title.

    It calls notify: do not call it in a transaction.
    """
    cache: _Cache = current_app.extensions.setdefault(_KEY, _Cache())
    if time.monotonic() >= cache.asked_again_at:
        try:
            cache.titles = notify().kind_titles(reader)
            cache.asked_again_at = time.monotonic() + KEEP_SECONDS
        except UseCaseError:
            cache.asked_again_at = time.monotonic() + RETRY_SECONDS
    return cache.titles
