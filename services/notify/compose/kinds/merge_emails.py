"""The e-mail about a ticket whose matter continues in another one. Pure."""

from collections.abc import Iterator

from services.notify.compose.kinds.email_kind import EmailKind, Facts
from services.notify.emails.links import stand_in_of
from shared.catalog import Catalog
from shared.events.contracts import RecordedEvent

SAMPLE_INTO = "T-2M8R-4WKB"


def _merged(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    into = str(event.payload["into"])
    return {"into": into, "into_url": stand_in_of(into, int(event.payload["into_key_number"]))}


def _merged_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    yield {"into": SAMPLE_INTO, "into_url": f"https://help.example.com/t/{SAMPLE_INTO}?key=example"}


KINDS = (
    EmailKind(
        name="merged",
        title="Notice of a merge",
        # It goes to the address of the surviving ticket, whose link it holds.
        audience="requester",
        events=("TicketMerged",),
        facts=_merged,
        samples=_merged_samples,
        links_tickets=True,
    ),
)
