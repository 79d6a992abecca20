"""A kind of e-mail that tests add: its entry in the registry and its folder of templates, as docs/develop/recipes.md lists them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notify.compose.kinds.email_kind import EmailKind, Facts
from services.notify.compose.kinds.registry import KINDS
from shared.catalog import Catalog
from shared.events.contracts import RecordedEvent

FILES = {
    "subject.txt": '{{ t("subject", network=network) }}\n',
    "body.txt": """{% extends "layout/layout.txt" %}
{% block body %}
{{ t("rate", team=team, reference=reference) }}
{{ status_url }}
{% endblock %}
""",
    "body.html": """{% extends "layout/layout.html" %}
{% block body %}
<p>{{ t("rate", team=team, reference=reference) }}<br>
<a href="{{ status_url }}">{{ status_url }}</a></p>
{% endblock %}
""",
    "en.yaml": 'subject: "How was {network}?"\nrate: "Please rate the {team} team ({reference}):"\n',
    "sv.yaml": 'subject: "Hur var {network}?"\nrate: "Betygsätt teamet {team} ({reference}):"\n',
}


def _facts(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {"team": event.payload["team"]}


def _samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    yield {"team": "ads"}


def add_kind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> EmailKind:
    """Register the kind `survey`, caused by TicketRouted, until the test ends; its templates are in `folder`."""
    (folder / "survey").mkdir()
    for name, content in FILES.items():
        (folder / "survey" / name).write_text(content, encoding="utf-8")
    kind = EmailKind(
        name="survey",
        title="Satisfaction survey",
        audience="requester",
        events=("TicketRouted",),
        facts=_facts,
        samples=_samples,
        templates=folder,
    )
    monkeypatch.setitem(KINDS, kind.name, kind)
    return kind
