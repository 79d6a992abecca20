"""Deletes a view."""

from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.views.view import lock_view
from shared.auth.principal import Principal

_DELETE = text("delete from triage.views where id = :id")


def delete_view(connection: Connection, view: UUID, person: Principal) -> None:
    """Delete the view; its tickets stay. Raises NotFound, Forbidden."""
    lock_view(connection, view, person)
    connection.execute(_DELETE, {"id": view})
