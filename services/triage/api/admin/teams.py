"""The community teams."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.triage.api.schemas import items_of
from services.triage.current_deps import deps
from shared.auth.teams import list_teams
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised
from shared.storage.database import autocommit

blueprint = Blueprint("teams", __name__, url_prefix="/v1", description="Teams")


class TeamSchema(ma.Schema):
    """A team, which has a queue of its own."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    active = fields.Boolean(required=True)


@blueprint.route("/teams")
@authorised("tickets.read")
@blueprint.response(200, items_of(TeamSchema))
def list_all_teams() -> dict[str, Any]:
    """All teams, in the order in which they were added"""
    with autocommit(deps().engine) as connection:
        return {"items": list_teams(connection), "next_cursor": None}
