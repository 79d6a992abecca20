"""Keeps a search as a view."""

from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.search.keys import Known
from services.triage.views.view import ViewFields, checked
from shared.auth.principal import Principal
from shared.errors import Conflict

MOST_VIEWS = 100  # of one person

_HOW_MANY = text("select count(*) from triage.views where owner = :owner")
_SAVE = text("""
    insert into triage.views (name, query, sort, shared_with, team, owner, position)
    values (:name, :query, :sort, :shared_with, :team, :owner, coalesce((
        select max(position) + 1 from triage.views
        where shared_with = :shared_with and team is not distinct from :team and (shared_with <> 'me' or owner = :owner)), 1))
    returning id
""")


def save_view(connection: Connection, person: Principal, fields: ViewFields, known: Known) -> UUID:
    """Save the view, behind the others of its kind. Raises Unprocessable, Forbidden, and Conflict for more than MOST_VIEWS."""
    stored = checked(fields, person, known)
    if connection.execute(_HOW_MANY, {"owner": person.id}).scalar_one() >= MOST_VIEWS:
        raise Conflict(f"You have {MOST_VIEWS} views. Delete one first.")
    view: UUID = connection.execute(_SAVE, {**vars(stored), "owner": person.id}).scalar_one()
    return view
