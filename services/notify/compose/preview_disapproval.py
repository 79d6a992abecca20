"""The disapproval that would go, before it goes."""

from collections.abc import Sequence

from services.notify.compose.facts import reason_facts
from services.notify.compose.render import Letter, compose
from services.notify.settings import NotifySettings
from shared.catalog import Catalog
from shared.errors import Unprocessable

# The link holds the ticket's key, which nobody but the requester is shown.
KEY_SHOWN = "…"


def preview_disapproval(
    catalog: Catalog, settings: NotifySettings, locale: str, reasons: Sequence[str], message: str, reference: str
) -> Letter:
    """The letter for a requester of `locale` about their ticket. Raises Unprocessable for an unknown reason."""
    unknown = [code for code in reasons if code not in catalog.reasons]
    if unknown:
        raise Unprocessable({"reasons": [f"No reason of the catalogue: {', '.join(unknown)}."]})
    facts = {
        "network": catalog.network,
        "reference": reference,
        "status_url": f"{settings.intake_url}/t/{reference}?key={KEY_SHOWN}",
        "help_url": f"{settings.intake_url}/help",
        "item": None,
        "reasons": reason_facts(catalog, reasons, locale),
        "message": message.strip(),
    }
    return compose("disapproval", locale, facts)
