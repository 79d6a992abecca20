"""How each kind of letter looks."""

from typing import Any

from services.notify.api.context import Context
from services.notify.api.schemas import DisapprovalDraft, DraftedLetterSchema, PreviewQuery, PreviewSchema
from services.notify.compose.preview_disapproval import preview_disapproval
from services.notify.compose.render import KINDS, compose
from services.notify.compose.samples import specimen
from shared.errors import NotFound
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised


def make_blueprint(context: Context) -> Blueprint:
    """The route of the previews."""
    blueprint = Blueprint("previews", __name__, url_prefix="/v1/previews", description="Letters with made-up facts")

    @blueprint.route("/<kind>")
    @authorised("emails.read")
    @blueprint.arguments(PreviewQuery, location="query")
    @blueprint.response(200, PreviewSchema)
    @blueprint.alt_response(404, "NOT_FOUND")
    def preview(query: dict[str, Any], kind: str) -> Any:
        """A letter of this kind in the wanted language."""
        if kind not in KINDS:
            raise NotFound(f"There is no such kind; there are {', '.join(KINDS)}.")
        locale = query["locale"]
        facts = specimen(kind, context.catalog, locale, context.settings.intake_url)
        return compose(kind, locale, facts)

    @blueprint.route("/disapproval", methods=["POST"])
    @authorised("emails.write")
    @blueprint.arguments(DisapprovalDraft)
    @blueprint.response(200, DraftedLetterSchema)
    @blueprint.alt_response(422, "UNPROCESSABLE_ENTITY")
    def drafted(draft: dict[str, Any]) -> Any:
        """The disapproval that these reasons and words would become; nothing is sent."""
        return preview_disapproval(context.catalog, context.settings, **draft)

    return blueprint
