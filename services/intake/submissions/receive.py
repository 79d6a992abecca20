"""Where every note arrives, whatever page or API brought it: read, held against the limits, submitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from limits import RateLimitItemPerMinute
from sqlalchemy import Engine

from services.intake.help_funnel.recorder import FunnelRecorder
from services.intake.settings import IntakeSettings
from services.intake.submissions.direct_connections import DirectConnections
from services.intake.submissions.idempotency import claims_of
from services.intake.submissions.submission import Receipt, Sender, Upload, folded_address
from services.intake.submissions.submit_ticket import earlier_ticket, submit_ticket
from services.intake.submissions.validate import read_note
from shared.catalog.model import Catalog
from shared.errors import TooManyRequests
from shared.limits.limiter import Limiter, Limits
from shared.storage.object_store import ObjectStore

FROM_NETWORK = "Too many notes from your network. Please try again in a while."
FROM_ADDRESS = "Too many notes from this e-mail address today. Please try again tomorrow, or answer one of our e-mails."


@dataclass(frozen=True)
class Reception:
    """What intake's use cases work with."""

    settings: IntakeSettings
    engine: Engine
    store: ObjectStore
    catalog: Catalog
    limiter: Limiter

    @cached_property
    def connections(self) -> DirectConnections:
        """For the statement that accepts notes."""
        return DirectConnections(self.engine)

    @cached_property
    def funnel(self) -> FunnelRecorder:
        """For the steps that people take at help topics."""
        return FunnelRecorder(self.engine)


def receive_note(
    reception: Reception, given: Mapping[str, object], uploads: Sequence[Upload], sender: Sender, language: str = "en"
) -> Receipt:
    """The receipt of the note in `given`; faults are told in `language`.

    Raises what read_note and submit_ticket raise, and TooManyRequests. Only accepted notes count; one that had been accepted before
    is answered whatever the limits say.
    """
    note = read_note(reception.catalog, given, uploads, language)
    reservation = reception.limiter.reserve(
        _of_sender(reception, sender), (reception.settings.notes, ("notes", folded_address(note.email)))
    )
    if any(reservation.waits) and not earlier_ticket(reception.connections, claims_of(note, sender)):
        of_sender, of_address = reservation.waits
        raise TooManyRequests(FROM_NETWORK, of_sender) if of_sender else TooManyRequests(FROM_ADDRESS, of_address)
    accepted = False
    try:
        receipt = submit_ticket(reception.connections, reception.store, reception.catalog, note, sender)
        accepted = not receipt.replayed
    finally:
        (reservation.confirm if accepted else reservation.cancel)()
    return receipt


def _of_sender(reception: Reception, sender: Sender) -> tuple[Limits, tuple[str, str]]:
    """The limits a sender is held to, and whose they are."""
    if sender.client is not None:
        return (RateLimitItemPerMinute(sender.client.per_minute),), ("form", sender.client.name)
    return reception.settings.submissions, ("submissions", sender.network)
