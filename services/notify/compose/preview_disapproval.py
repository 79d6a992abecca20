"""Preview a disapproval before it is sent."""

from collections.abc import Sequence

from services.notify.compose.kinds.catalog_facts import reason_facts
from services.notify.compose.kinds.decision_emails import DISAPPROVAL
from services.notify.compose.render import ComposedEmail, compose
from services.notify.deps import Deps
from shared.errors import Unprocessable

# The link holds the ticket's key, which only the requester may see.
HIDDEN_KEY = "…"


def preview_disapproval(deps: Deps, locale: str, reasons: Sequence[str], message: str, reference: str) -> ComposedEmail:
    """The e-mail to a requester of `locale` about their ticket. Raises Unprocessable for an unknown reason."""
    catalog, intake_url = deps.catalog, deps.settings.intake_url
    unknown = [code for code in reasons if code not in catalog.reasons]
    if unknown:
        raise Unprocessable({"reasons": [f"No reason of the catalogue: {', '.join(unknown)}."]})
    facts = {
        "network": catalog.network,
        "reference": reference,
        "status_url": f"{intake_url}/t/{reference}?key={HIDDEN_KEY}",
        "help_url": f"{intake_url}/help",
        "item": None,
        "reasons": reason_facts(catalog, reasons, locale),
        "message": message.strip(),
    }
    return compose(DISAPPROVAL, locale, facts)
