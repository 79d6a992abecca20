"""Find the resolution that a link asks about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake.deps import Deps
from shared.errors import NotFound
from shared.storage.database import autocommit
from shared.ticket_keys import Resolution, read_satisfaction_token

NO_QUESTION = "This link does not work, or no longer."
# From the resolution on.
OPEN_FOR = timedelta(days=7)

_FIND = text("""
    select reference, key_number, personal is null as forgotten, clock_timestamp() as now
    from intake.submissions where reference = :reference
""")


@dataclass(frozen=True)
class Question:
    """One resolution of a ticket. `until`: when answers stop to count; `asked_at`: the present time, by PostgreSQL's clock."""

    reference: str
    resolution: Resolution
    until: datetime
    asked_at: datetime

    @property
    def open(self) -> bool:
        """Whether answers still count."""
        return self.asked_at < self.until


def find_question(deps: Deps, reference: str, token: str) -> Question:
    """The resolution that `token` names; nothing changes. Raises NotFound for an unknown ticket, for a token that is not its own, for
    one from before its keys were renewed, and where the person is forgotten."""
    with autocommit(deps.engine) as connection:
        return question_of(connection, deps.settings.secret, reference, token)


def question_of(connection: Connection, secret: str, reference: str, token: str) -> Question:
    """As find_question, in the caller's transaction."""
    row: Row[Any] | None = connection.execute(_FIND, {"reference": reference}).one_or_none()
    # The token is always checked, so that the time it takes does not reveal which references exist.
    resolution = read_satisfaction_token(secret, reference, row.key_number if row else 1, token)
    if row is None or resolution is None or row.forgotten:
        raise NotFound(NO_QUESTION)
    return Question(reference, resolution, resolution.at + OPEN_FOR, row.now)
