"""People who are away: nothing is reserved for them."""

from uuid import UUID

from sqlalchemy import Connection, text

_AWAY = text("insert into triage.away (person) values (:person) on conflict do nothing")
_BACK = text("delete from triage.away where person = :person")
_IS_AWAY = text("select exists (select from triage.away where person = :person)")
# What was reserved for somebody who leaves can be claimed by everybody at once.
_END = text(
    "update triage.tickets set reserved_until = null where owner = :person and state = 'open' and reserved_until is not null"
)


def is_away(connection: Connection, person: UUID) -> bool:
    """Whether the person is away."""
    away: bool = connection.execute(_IS_AWAY, {"person": person}).scalar_one()
    return away


def set_away(connection: Connection, person: UUID, away: bool) -> None:
    """Mark the person as away, which ends the reservations for them, or as back."""
    connection.execute(_AWAY if away else _BACK, {"person": person})
    if away:
        connection.execute(_END, {"person": person})
