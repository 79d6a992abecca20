"""Actions on tickets: a route for each action of the registry, takeover, and new keys."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from marshmallow import fields
from sqlalchemy import Connection

from services.triage.actions.access import Actor, NewerMessages
from services.triage.actions.action import Action, ActionCall
from services.triage.actions.renew_keys import renew_keys
from services.triage.api.repeated import mark_replayed, this_request
from services.triage.api.schemas import ClaimSchema, LeaseBody
from services.triage.api.tickets.schemas import EntrySchema, LineSchema, TicketDetailSchema
from services.triage.claims.claim import Claimed, read_claims
from services.triage.claims.take_over import take_over
from services.triage.current_deps import deps
from services.triage.idempotency import Request
from services.triage.tickets.read_ticket import as_readable, team_of, ticket_as_it_is
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal

Ticket = dict[str, Any]


class TicketWithEntrySchema(TicketDetailSchema):
    """The ticket as it is now, and its new timeline entry."""

    entry = fields.Nested(LineSchema, required=True)


def make_blueprint(actions: Sequence[Action]) -> Blueprint:
    """The routes below /v1/tickets/<reference> that change it, one for each of the actions."""
    blueprint = Blueprint("actions", __name__, url_prefix="/v1/tickets/<reference>", description="Acting on tickets")
    for action in actions:
        _add_route(blueprint, action)
    _add_takeover(blueprint)
    _add_key_renewal(blueprint)
    return blueprint


def _add_route(blueprint: Blueprint, action: Action) -> None:
    rule, method = ("", "PATCH") if action.patches_ticket else (f"/{action.path}", "PUT" if action.puts else "POST")
    status, schema = (201, TicketWithEntrySchema) if action.answers_with == "entry" else (200, TicketDetailSchema)
    view: Any = _view(action)
    view.__name__, view.__doc__ = action.name, action.summary
    for decorate in (
        blueprint.alt_response(409, "CONFLICT"),
        blueprint.alt_response(404, "NOT_FOUND"),
        blueprint.response(status, schema),
        blueprint.arguments(action.body),
        authorised("tickets.write"),
        blueprint.route(rule, methods=[method]),
    ):
        view = decorate(view)


def _view(action: Action) -> Callable[[dict[str, Any], str], Ticket]:
    def act(body: dict[str, Any], reference: str) -> Ticket:
        request_made = this_request(body)
        known = {name: body.pop(name) for name in ("claim", "version", "seen")}
        actor = Actor.from_input(principal(), **known)
        with deps().engine.begin() as connection:
            is_repeated = mark_replayed(request_made.is_repeated(connection))
            if not is_repeated:
                _run(action, ActionCall(connection, reference, actor, body, deps().rulesets))
            ticket = ticket_as_it_is(connection, action.shows(body) if action.shows else reference)
            if is_repeated and not principal().may_read(ticket["team"]):
                return as_readable(ticket, principal())
            if action.answers_with == "entry":
                return {**ticket, "entry": _entry(connection, request_made, ticket, is_repeated)}
        return ticket

    return act


def _entry(connection: Connection, request_made: Request, ticket: Ticket, is_repeated: bool) -> dict[str, Any]:
    """The action's timeline entry: while the ticket is locked the last one, and of a repeat the one it made before."""
    timeline: list[dict[str, Any]] = [line for line in ticket["timeline"] if line["reference"] == ticket["reference"]]
    if not is_repeated:
        request_made.remember_made(connection, str(timeline[-1]["id"]))
        return timeline[-1]
    made = int(request_made.made(connection))
    return next((line for line in timeline if line["id"] == made), timeline[-1])


def _run(action: Action, call: ActionCall) -> None:
    try:
        action.run(call)
    except NewerMessages as error:
        error.members = {"newer": EntrySchema(many=True).dump(error.newer)}
        raise


def _add_takeover(blueprint: Blueprint) -> None:
    @blueprint.route("/takeover", methods=["POST"])
    @authorised("tickets.write")
    @blueprint.arguments(LeaseBody)
    @blueprint.response(200, ClaimSchema)
    @blueprint.alt_response(404, "NOT_FOUND")
    @blueprint.alt_response(409, "CONFLICT")
    def post_takeover(body: dict[str, Any], reference: str) -> Claimed:
        """Claim this ticket; a lead takes over a claim from its holder"""
        request_made = this_request(body)
        with deps().engine.begin() as connection:
            if mark_replayed(request_made.is_repeated(connection)):
                return read_claims(connection, [UUID(request_made.made(connection))])[0]
            claimed = take_over(connection, reference, principal(), body["lease_seconds"])
            request_made.remember_made(connection, str(claimed.claim))
            return claimed


def _add_key_renewal(blueprint: Blueprint) -> None:
    @blueprint.route("/key-renewal", methods=["POST"])
    @authorised("tickets.write")
    @blueprint.response(200, TicketDetailSchema)
    @blueprint.alt_response(404, "NOT_FOUND")
    def post_key_renewal(reference: str) -> Ticket:
        """Renew both keys of the ticket

        All links to its page before then stop working, within a second or so. The requester gets the new one with our next e-mail, or asks
        for it at intake's /t.
        """
        request_made = this_request({})
        with deps().engine.begin() as connection:
            if mark_replayed(request_made.is_repeated(connection)):
                team_of(connection, reference, principal())
            else:
                renew_keys(connection, reference, principal())
            return ticket_as_it_is(connection, reference)
