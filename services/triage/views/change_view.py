"""Changes a view."""

from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.search.keys import Known
from services.triage.views.view import ViewFields, checked, lock_view
from shared.auth.principal import Principal

_CHANGE = text("""
    update triage.views
    set name = :name, query = :query, sort = :sort, shared_with = :shared_with, team = :team,
        owner = case when :shared_with = 'me' then :person else owner end
    where id = :id
""")


def change_view(connection: Connection, view: UUID, person: Principal, fields: ViewFields, known: Known) -> None:
    """Store other fields. Raises NotFound, Forbidden for a view that the person may not change, or not share like this, Unprocessable."""
    lock_view(connection, view, person)
    stored = checked(fields, person, known)
    connection.execute(_CHANGE, {**vars(stored), "id": view, "person": person.id})
