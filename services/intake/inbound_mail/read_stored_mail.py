"""Read one stored mail for a person."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from services.intake.deps import Deps
from services.intake.inbound_mail.mail import Mail
from services.intake.inbound_mail.reading.read_mail import read_mail
from shared.errors import NotFound
from shared.storage.database import autocommit

_ROW = text("""
    select object, received_at, state, coalesce(reference, ticket) as ticket, address, size, because
    from intake.inbound_mails where object = :object
""")


@dataclass(frozen=True)
class StoredMail:
    """`row`: as newest_mails lists it; `mail`: its content, None where it cannot be read."""

    row: Row[Any]
    mail: Mail | None


def read_stored_mail(deps: Deps, name: str) -> StoredMail:
    """The mail `name` of the store. Raises NotFound, and TransientError when the store is away."""
    with autocommit(deps.engine) as connection:
        row = connection.execute(_ROW, {"object": name}).one_or_none()
    if row is None:
        raise NotFound("There is no such mail.")
    mail = read_mail(deps.store.get(name))
    return StoredMail(row, mail if isinstance(mail, Mail) else None)
