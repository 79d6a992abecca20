"""One's own notifications."""

from typing import Any

import marshmallow as ma
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from services.triage.api.repeated import mark_replayed, this_request
from services.triage.api.schemas import page_of
from services.triage.current_deps import deps
from services.triage.notifications.list_notifications import list_notifications
from services.triage.notifications.mark_read import mark_read
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.paging import PageArguments, decode, page
from shared.storage.database import autocommit

NEWEST = 2**63 - 1


class NotificationSchema(ma.Schema):
    """What its reader is to hear of a ticket."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True, metadata={"description": "`mention`, among others."})
    ticket = fields.String(required=True)
    at = fields.AwareDateTime(format="iso", required=True)
    read_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)


class NotificationsQuery(PageArguments):
    """Which notifications."""

    unread = fields.Boolean(load_default=False, metadata={"description": "Only those that were not read."})


class ReadBody(ma.Schema):
    """What was read: some, or all."""

    ids = fields.List(
        fields.Integer(validate=validate.Range(1, NEWEST)), load_default=None, validate=validate.Length(1, 200)
    )
    all = fields.Boolean(load_default=None, validate=validate.Equal(True))

    @ma.validates_schema
    def _one_of_both(self, body: dict[str, Any], **_: Any) -> None:
        if (body["ids"] is None) == (body["all"] is None):
            raise ma.ValidationError("Either `ids` or `all`.", "ids")


blueprint = Blueprint("notifications", __name__, url_prefix="/v1/notifications", description="One's own notifications")


@blueprint.route("")
@authorised("tickets.read")
@blueprint.arguments(NotificationsQuery, location="query")
@blueprint.response(200, page_of(NotificationSchema))
def show_notifications(query: dict[str, Any]) -> dict[str, Any]:
    """My notifications, newest first"""
    key = decode(query["cursor"], (int,))
    before = int(key[0]) if key else NEWEST
    with autocommit(deps().engine) as connection:
        found = list_notifications(
            connection, principal().id, unread=query["unread"], before=before, limit=query["limit"] + 1
        )
    return page(found, query["limit"], lambda one: (one.id,), lambda one: dict(one._mapping))


@blueprint.route("/read", methods=["POST"])
@authorised("tickets.read")
@blueprint.arguments(ReadBody)
@blueprint.response(204)
def post_read(body: dict[str, Any]) -> ResponseReturnValue:
    """Mark some of my notifications as read, or all

    Ids that are unknown, or another's, change nothing.
    """
    request_made = this_request(body)
    with deps().engine.begin() as connection:
        if not mark_replayed(request_made.is_repeated(connection)):
            mark_read(connection, principal().id, body["ids"])
    return "", 204
