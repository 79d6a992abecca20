"""What reading mail works with."""

from dataclasses import dataclass

from sqlalchemy import Engine

from services.intake.inbound_mail.ticket_settings import MailTickets
from shared.catalog.model import Catalog
from shared.storage.object_store import ObjectStore


@dataclass(frozen=True)
class MailRoom:
    """`tickets`: how a mail to no ticket's address becomes one; None: its writer is pointed to the form."""

    engine: Engine
    store: ObjectStore
    catalog: Catalog
    tickets: MailTickets | None = None
