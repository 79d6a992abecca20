"""Counts how often saved replies are used."""

from uuid import UUID

from sqlalchemy import Connection, text

_COUNT = text("""
    update triage.saved_replies set uses = uses + 1, used_at = clock_timestamp()
    where id = :id and (owner is null or owner = :person)
""")


def count_use(connection: Connection, saved_reply: UUID, person: UUID) -> None:
    """A message that `person` made from it is sent. Nothing happens where it is deleted by now."""
    connection.execute(_COUNT, {"id": saved_reply, "person": person})
