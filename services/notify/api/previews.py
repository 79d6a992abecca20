"""Previews of e-mails over HTTP."""

from typing import Any

from services.notify.api.schemas import DraftedEmailSchema, MessageDraft, PreviewQuery, PreviewSchema
from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.kinds.samples import sample
from services.notify.compose.preview_message import preview_message
from services.notify.compose.render import compose
from services.notify.deps import Deps
from shared.errors import NotFound
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal


def make_blueprint(deps: Deps) -> Blueprint:
    """The routes below /v1/previews."""
    blueprint = Blueprint("previews", __name__, url_prefix="/v1/previews", description="E-mails with made-up facts")

    @blueprint.route("/<kind>")
    @authorised("emails.read")
    @blueprint.arguments(PreviewQuery, location="query")
    @blueprint.response(200, PreviewSchema)
    @blueprint.alt_response(404, "NOT_FOUND")
    def preview(query: dict[str, Any], kind: str) -> Any:
        """An e-mail of this kind in the wanted language."""
        if kind not in KINDS:
            raise NotFound(f"There is no such kind; there are {', '.join(KINDS)}.")
        facts = sample(KINDS[kind], deps.catalog, query["locale"], deps.settings.intake_url)
        return compose(KINDS[kind], query["locale"], facts)

    @blueprint.route("/<kind>", methods=["POST"])
    @authorised("emails.write")
    @blueprint.arguments(MessageDraft)
    @blueprint.response(200, DraftedEmailSchema)
    @blueprint.alt_response(404, "NOT_FOUND")
    @blueprint.alt_response(422, "UNPROCESSABLE_ENTITY")
    def drafted(draft: dict[str, Any], kind: str) -> Any:
        """The reply, information_request, disapproval or resolution with this message; nothing is sent."""
        return preview_message(deps, kind, draft, principal().name)

    return blueprint
