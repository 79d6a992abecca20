"""The audit log."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.triage.api.schemas import page_of
from services.triage.current_deps import deps
from shared.audit.list_entries import NEWEST, Wanted, list_entries
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised
from shared.http.paging import PageArguments, decode, page
from shared.storage.database import autocommit

blueprint = Blueprint("audit", __name__, url_prefix="/v1", description="Audit log")


class AuditQuery(PageArguments):
    """Which entries."""

    actor = fields.String(load_default=None, metadata={"description": "An e-mail address, or `system`."})
    action = fields.String(load_default=None, metadata={"description": "Such as `team.created`."})
    target = fields.String(load_default=None, metadata={"description": "Such as `team/ads`."})
    since = fields.AwareDateTime(load_default=None, data_key="from", metadata={"description": "This moment included."})
    until = fields.AwareDateTime(load_default=None, data_key="to", metadata={"description": "Before this moment."})


class AuditEntrySchema(ma.Schema):
    """An entry: who did what to what."""

    id = fields.String(required=True)
    at = fields.AwareDateTime(format="iso", required=True)
    actor = fields.String(required=True, metadata={"description": "An e-mail address, `system` or `erased`."})
    action = fields.String(required=True)
    target = fields.String(required=True)
    before = fields.Dict(required=True, allow_none=True, metadata={"description": "Of what changed, as it was."})
    after = fields.Dict(required=True, allow_none=True, metadata={"description": "Of what changed, as it is."})
    ip = fields.String(required=True, allow_none=True)


@blueprint.route("/audit")
@authorised("audit.read")
@blueprint.arguments(AuditQuery, location="query")
@blueprint.response(200, page_of(AuditEntrySchema))
def list_audit(query: dict[str, Any]) -> dict[str, Any]:
    """Changes of the system and sign-ins, newest first"""
    cursor, limit = query.pop("cursor"), query.pop("limit")
    key = decode(cursor, (int,))
    with autocommit(deps().engine) as connection:
        rows = list_entries(connection, Wanted(**query), int(key[0]) if key else NEWEST, limit + 1)
    return page(rows, limit, lambda row: (row.id,), lambda row: dict(row._mapping))
