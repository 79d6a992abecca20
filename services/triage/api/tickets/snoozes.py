"""The end of a snooze. Its beginning is an action of the registry."""

from services.triage.actions.access import Actor
from services.triage.current_deps import deps
from services.triage.snoozing.end_snoozes import end_snooze
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal

blueprint = Blueprint("snoozes", __name__, url_prefix="/v1", description="Snoozed tickets")


@blueprint.route("/tickets/<reference>/snooze", methods=["DELETE"])
@authorised("tickets.write")
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def delete_snooze(reference: str) -> None:
    """Open the snoozed ticket now"""
    with deps().engine.begin() as connection:
        end_snooze(connection, reference, Actor(principal()), deps().rulesets.active(connection))
