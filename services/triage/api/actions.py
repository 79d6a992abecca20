"""What an agent does with a ticket: each route one use case, the answer the ticket as it is now."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.triage.actions.access import Hand
from services.triage.actions.add_note import note
from services.triage.actions.change_ticket import change_ticket
from services.triage.actions.disapprove import disapprove
from services.triage.actions.reopen import reopen
from services.triage.actions.reply import reply
from services.triage.actions.request_information import request_information
from services.triage.actions.resolve import resolve
from services.triage.actions.transfer import transfer
from services.triage.api.action_schemas import (
    ChangeBody,
    DisapprovalBody,
    EntrySchema,
    InformationRequestBody,
    NoteBody,
    ReopeningBody,
    ReplyBody,
    ResolutionBody,
    TransferBody,
)
from services.triage.api.schemas import ClaimSchema, LeaseBody, TicketDetailSchema
from services.triage.claims.claim import ENDED, Claimed
from services.triage.claims.take_over import take_over
from services.triage.current_deps import deps
from services.triage.tickets.read_ticket import ticket_as_it_is
from shared.errors import Conflict
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal

blueprint = Blueprint("actions", __name__, url_prefix="/v1/tickets/<reference>", description="Acting on tickets")


@blueprint.route("/replies", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(ReplyBody)
@blueprint.response(201, EntrySchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_reply(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Answer the requester; the ticket then waits, is resolved, or stays"""
    with deps().engine.begin() as connection:
        reply(connection, reference, _hand(body), body["message"], body["then"])
        return _made(connection, reference)


@blueprint.route("/notes", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(NoteBody)
@blueprint.response(201, EntrySchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_note(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Write an internal note"""
    with deps().engine.begin() as connection:
        note(connection, reference, _hand(body), body["message"])
        return _made(connection, reference)


@blueprint.route("/information-requests", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(InformationRequestBody)
@blueprint.response(201, EntrySchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_request(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Ask for evidence; the ticket waits until it comes"""
    with deps().engine.begin() as connection:
        request_information(
            connection, reference, _hand(body), body["evidence"], body["message"], deps().rulesets.catalog
        )
        return _made(connection, reference)


@blueprint.route("/disapproval", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(DisapprovalBody)
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_disapproval(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Disapprove, with reasons; the ticket is resolved"""
    with deps().engine.begin() as connection:
        disapprove(connection, reference, _hand(body), body["reasons"], body["message"], deps().rulesets.catalog)
        return ticket_as_it_is(connection, reference)


@blueprint.route("/transfer", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(TransferBody)
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_transfer(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Hand the ticket over to another team"""
    with deps().engine.begin() as connection:
        ruleset = deps().rulesets.active(connection)
        hand = _hand(body)
        transfer(
            connection, reference, hand, body["team"], body["cause"], body["reason"], ruleset, deps().settings.teams
        )
        return ticket_as_it_is(connection, reference)


@blueprint.route("/resolution", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(ResolutionBody)
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_resolution(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Resolve the ticket"""
    with deps().engine.begin() as connection:
        resolve(connection, reference, _hand(body), body["outcome"], body["message"])
        return ticket_as_it_is(connection, reference)


@blueprint.route("/reopening", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(ReopeningBody)
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_reopening(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Take a resolved or waiting ticket up again"""
    with deps().engine.begin() as connection:
        reopen(connection, reference, _hand(body), body["reason"], deps().rulesets.active(connection))
        return ticket_as_it_is(connection, reference)


@blueprint.route("", methods=["PATCH"])
@authorised("tickets.write")
@blueprint.arguments(ChangeBody)
@blueprint.response(200, TicketDetailSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def patch_ticket(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Set tags and priority"""
    with deps().engine.begin() as connection:
        ruleset = deps().rulesets.active(connection)
        change_ticket(connection, reference, _hand(body), ruleset, body["priority"], body["tags"])
        return ticket_as_it_is(connection, reference)


@blueprint.route("/takeover", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(LeaseBody)
@blueprint.response(200, ClaimSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_takeover(body: dict[str, Any], reference: str) -> Claimed:
    """Claim this very ticket; a lead takes it over from who has it"""
    with deps().engine.begin() as connection:
        return take_over(connection, reference, principal(), body["lease_seconds"])


def _hand(body: dict[str, Any]) -> Hand:
    """Who writes with which claim. Raises Conflict for a claim that cannot be one: it never was."""
    claim = None
    if body["claim"] is not None:
        try:
            claim = UUID(body["claim"])
        except ValueError as error:
            raise Conflict(ENDED) from error
    return Hand(principal(), claim, body["version"])


def _made(connection: Connection, reference: str) -> dict[str, Any]:
    """The ticket, and the line that was just written: the last one, since the ticket is locked."""
    ticket = ticket_as_it_is(connection, reference)
    return {**ticket, "entry": ticket["timeline"][-1]}
