"""Preview a disapproval before it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.notify.compose.kinds.catalog_facts import reason_facts
from services.notify.compose.kinds.decision_emails import DISAPPROVAL
from services.notify.compose.person import NO_PERSON, first_name, own_subject, shortened
from services.notify.compose.render import ComposedEmail, compose
from services.notify.deps import Deps
from shared.errors import Unprocessable

# The link holds the ticket's key, which only the requester may see.
HIDDEN_KEY = "…"


@dataclass(frozen=True)
class Draft:
    """A disapproval before it is sent. `person`: whether it is an e-mail of `writer`; `subject` and `quoted`: the requester's words."""

    locale: str
    reasons: Sequence[str]
    message: str
    reference: str
    person: bool
    writer: str
    subject: str | None
    quoted: str | None


def preview_disapproval(deps: Deps, draft: Draft) -> ComposedEmail:
    """The e-mail to a requester about their ticket. Raises Unprocessable for an unknown reason."""
    catalog, intake_url = deps.catalog, deps.settings.intake_url
    unknown = [code for code in draft.reasons if code not in catalog.reasons]
    if unknown:
        raise Unprocessable({"reasons": [f"No reason of the catalogue: {', '.join(unknown)}."]})
    facts = {
        "network": catalog.network,
        "reference": draft.reference,
        "status_url": f"{intake_url}/t/{draft.reference}?key={HIDDEN_KEY}",
        "help_url": f"{intake_url}/help",
        "item": None,
        "reasons": reason_facts(catalog, draft.reasons, draft.locale),
        "message": draft.message.strip(),
        **_of_person(draft),
    }
    return compose(DISAPPROVAL, draft.locale, facts)


def _of_person(draft: Draft) -> Mapping[str, Any]:
    if not draft.person:
        return NO_PERSON
    return {
        "person": True,
        "writer": first_name(draft.writer),
        "own_subject": own_subject(draft.subject, draft.reference),
        "quoted": shortened(draft.quoted or "") or None,
    }
