"""The e-mails about another address of a ticket. Pure."""

from collections.abc import Iterator

from services.notify.compose.kinds.email_kind import SAMPLE_REFERENCE, EmailKind, Facts
from services.notify.emails.links import confirmation_stand_in
from shared.catalog import Catalog
from shared.events.contracts import RecordedEvent


def _confirmation(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {"confirm_url": confirmation_stand_in(str(event.ticket), str(event.payload["change"]))}


def _confirmation_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    yield {"confirm_url": f"https://help.example.com/t/{SAMPLE_REFERENCE}/address/example?token=example"}


def _changed_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    yield {}


KINDS = (
    EmailKind(
        name="address_confirmation",
        title="Confirmation of a new address",
        # Whose address it is is not known, so it gets none of the ticket's own addresses.
        audience="new_address",
        events=("AddressChangeRequested",),
        facts=_confirmation,
        samples=_confirmation_samples,
        links_tickets=True,
    ),
    EmailKind(
        name="address_changed",
        title="Notice of a changed address",
        audience="requester",
        events=("AddressChangeConfirmed",),
        samples=_changed_samples,
    ),
)
