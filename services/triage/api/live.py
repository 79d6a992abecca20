"""Tokens for streams of live updates, which a process of its own serves."""

import marshmallow as ma
from marshmallow import fields

from services.triage.api.repeated import mark_replayed, this_request
from services.triage.current_deps import deps
from services.triage.live.tokens import make_live_token
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, credential, principal


class LiveTokenSchema(ma.Schema):
    """Opens one stream, within 60 seconds."""

    token = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Null in the answer to a repeated request: it is not stored."},
    )


blueprint = Blueprint("live", __name__, url_prefix="/v1/live", description="Live updates")


@blueprint.route("/tokens", methods=["POST"])
@authorised("tickets.read")
@blueprint.response(201, LiveTokenSchema)
def post_live_token() -> dict[str, str | None]:
    """A token that opens one stream of live updates, for a browser

    The stream is `GET /v1/live?token=…` at the address `VIDARE_LIVE_URL`: server-sent events `ticket.changed`, `queue.changed`, `mention`,
    `presence`, and `resync` where `Last-Event-ID` is too old. A program sends its bearer token there instead.
    """
    request_made = this_request({})
    with deps().engine.begin() as connection:
        if mark_replayed(request_made.is_repeated(connection)):
            return {"token": None}
        return {"token": make_live_token(connection, principal().id, credential())}
