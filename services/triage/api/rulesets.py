"""Rulesets: reading, saving, comparing, activating; trying a note, explaining a ticket."""

from typing import Any

from flask import request

from services.triage.api.rule_schemas import (
    ActivationBody,
    DifferenceSchema,
    DiffQuery,
    ExplanationSchema,
    RouteBody,
    RulesetBody,
    RulesetSchema,
    RulesetsQuery,
)
from services.triage.api.ruleset_body import RulesetParser
from services.triage.api.schemas import page_of
from services.triage.current_deps import deps
from services.triage.rulesets.activate import activate_ruleset
from services.triage.rulesets.author import Author, author_of
from services.triage.rulesets.save import save_ruleset
from services.triage.rulesets.saved import Ruleset, active_ruleset, compare, find_ruleset, list_rulesets
from services.triage.rulesets.trial import explain_ticket, try_submission
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.paging import decode, encode
from shared.storage.database import autocommit


class _RulesetBlueprint(Blueprint):
    """Reads bodies that hold a whole ruleset."""

    ARGUMENTS_PARSER = RulesetParser()


blueprint = Blueprint("rulesets", __name__, url_prefix="/v1", description="Routing rules")
reading_rulesets = _RulesetBlueprint("ruleset-bodies", __name__)


@blueprint.route("/rulesets")
@authorised("rules.read")
@blueprint.arguments(RulesetsQuery, location="query")
@blueprint.response(200, page_of(RulesetSchema))
def list_all(query: dict[str, Any]) -> dict[str, Any]:
    """All rulesets, newest first"""
    key = decode(query["cursor"], (int,))
    with autocommit(deps().engine) as connection:
        found, more = list_rulesets(connection, min(int(key[0]), 2**31 - 1) if key else 2**31 - 1, query["limit"])
    return {"items": found, "next_cursor": encode((found[-1].number,)) if more else None}


@blueprint.route("/rulesets", methods=["POST"])
@authorised("rules.write")
@reading_rulesets.arguments(RulesetBody)
@blueprint.response(201, RulesetSchema)
def save(body: dict[str, Any]) -> Ruleset:
    """Save a ruleset as a draft"""
    with deps().engine.begin() as connection:
        return save_ruleset(connection, body["document"], body["comment"], _author(), deps().rulesets.vocabulary)


@blueprint.route("/rulesets/active")
@authorised("rules.read")
@blueprint.response(200, RulesetSchema)
def show_active() -> Ruleset:
    """The ruleset that decides now"""
    with autocommit(deps().engine) as connection:
        return active_ruleset(connection)


@blueprint.route("/rulesets/<int:number>")
@authorised("rules.read")
@blueprint.response(200, RulesetSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def show(number: int) -> Ruleset:
    """One ruleset"""
    with autocommit(deps().engine) as connection:
        return find_ruleset(connection, number)


@blueprint.route("/rulesets/<int:number>/diff")
@authorised("rules.read")
@blueprint.arguments(DiffQuery, location="query")
@blueprint.response(200, DifferenceSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def diff(query: dict[str, Any], number: int) -> dict[str, object]:
    """What changed from another ruleset to this one"""
    with autocommit(deps().engine) as connection:
        return compare(connection, number, query["against"]).as_document()


@blueprint.route("/rulesets/<int:number>/activation", methods=["POST"])
@authorised("rules.write")
@blueprint.arguments(ActivationBody)
@blueprint.response(200, RulesetSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def activate(body: dict[str, Any], number: int) -> Ruleset:
    """Let this ruleset decide; an older number rolls back"""
    with deps().engine.begin() as connection:
        return activate_ruleset(
            connection, number, body["comment"], _author(), deps().rulesets.vocabulary, body["expected_active"]
        )


@blueprint.route("/route", methods=["POST"])
@authorised("rules.read")
@blueprint.arguments(RouteBody)
@blueprint.response(200, ExplanationSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def route(body: dict[str, Any]) -> dict[str, Any]:
    """What a ruleset decides about a note, changing nothing"""
    with autocommit(deps().engine) as connection:
        return try_submission(connection, deps().rulesets, body["ticket"], body["ruleset"])


@blueprint.route("/tickets/<reference>/explanation")
@authorised("tickets.read")
@blueprint.response(200, ExplanationSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def explanation(reference: str) -> dict[str, Any]:
    """Why a ticket is where it is"""
    with autocommit(deps().engine) as connection:
        return explain_ticket(connection, deps().rulesets, reference, principal())


def _author() -> Author:
    return author_of(principal(), request.remote_addr)
