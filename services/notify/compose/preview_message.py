"""Preview the e-mail with what an agent writes, before it is sent."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from services.notify.compose.kinds.email_kind import EmailKind
from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.render import ComposedEmail, compose
from services.notify.compose.satisfaction import sample_links
from services.notify.deps import Deps
from shared.errors import NotFound, Unprocessable
from shared.events.contracts import RecordedEvent

# Kinds that hold what an agent writes, with the event of each.
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "reply": "TicketAnswered",
        "information_request": "EvidenceRequested",
        "disapproval": "TicketDisapproved",
        "resolution": "TicketResolved",
    }
)
# The link holds the ticket's key, which only the requester may see.
HIDDEN_KEY = "…"


def preview_message(deps: Deps, kind_name: str, draft: Mapping[str, Any], writer: str) -> ComposedEmail:
    """The e-mail to the requester, made as from the event that sending would record. `writer`: who writes.

    `draft`: locale, reference, category, message, person (whether it is the writer's own e-mail), subject, quoted; reasons, evidence,
    outcome or then, as the kind has them. Raises NotFound for another kind, Unprocessable for reasons or evidence that the catalogue
    does not have.
    """
    if kind_name not in EVENTS:
        raise NotFound(f"There is no such kind; there are {', '.join(EVENTS)}.")
    kind, locale = KINDS[kind_name], draft["locale"]
    _check(deps, kind_name, draft)
    intake_url, reference = deps.settings.intake_url, draft["reference"]
    known = {
        "network": deps.catalog.network,
        "reference": reference,
        "status_url": f"{intake_url}/t/{reference}?key={HIDDEN_KEY}",
        "help_url": f"{intake_url}/help",
        "triage_url": deps.settings.triage_url,
    }
    event = _event(kind, draft, writer)
    facts = kind.facts(event, deps.catalog, locale)
    if facts.get("satisfaction"):
        facts["satisfaction"] = sample_links(f"{intake_url}/t/{reference}")
    return compose(kind, locale, {**known, **facts})


def _event(kind: EmailKind, draft: Mapping[str, Any], writer: str) -> RecordedEvent:
    payload = {name: draft[name] for name in ("category", "reasons", "evidence", "outcome", "then", "locale")}
    personal = {name: draft[name] for name in ("subject", "message", "quoted")}
    return RecordedEvent(
        id=0,
        event_id=UUID(int=0),
        type=EVENTS[kind.name],
        version=1,
        ticket=draft["reference"],
        correlation_id="preview",
        occurred_at=datetime.now(UTC),
        payload={**payload, "by": writer, "person": draft["person"], "reminder": False, "attachments": []},
        personal={**personal, "attachment_names": {}, "participants": []},
    )


def _check(deps: Deps, kind: str, draft: Mapping[str, Any]) -> None:
    if kind == "disapproval":
        _require_known("reasons", draft["reasons"], deps.catalog.reasons)
    elif kind == "information_request":
        category = deps.catalog.resolve(draft["category"] or "")
        _require_known("evidence", draft["evidence"], {slot.id for slot in category.evidence} if category else ())
    elif kind == "resolution" and draft["outcome"] == "spam":
        raise Unprocessable({"outcome": ["No e-mail is sent about spam."]})


def _require_known(field: str, codes: list[str], known: Any) -> None:
    unknown = [code for code in codes if code not in known]
    if unknown or not codes:
        raise Unprocessable(
            {field: [f"Not in the catalogue: {', '.join(unknown)}." if codes else "Choose at least one."]}
        )
