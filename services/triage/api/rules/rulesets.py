"""Rulesets: reading, saving, comparing and activating them, trying one on a ticket, explaining a ticket's route."""

from typing import Any

import flask
import marshmallow as ma
from flask import request

from services.triage.api.rules.rule_schemas import (
    ActivationBody,
    DifferenceSchema,
    DiffQuery,
    ExplanationSchema,
    RouteBody,
    RulesetBody,
    RulesetSchema,
    RulesetsQuery,
)
from services.triage.api.schemas import page_of
from services.triage.current_deps import deps
from services.triage.rules.document.parse import MAX_RULES
from services.triage.rules.document.strict_json import read_json
from services.triage.rulesets.activate import activate_ruleset
from services.triage.rulesets.author import Author, author_of
from services.triage.rulesets.save import save_ruleset
from services.triage.rulesets.saved import Ruleset, active_ruleset, compare, find_ruleset, list_rulesets
from services.triage.rulesets.trial import explain_ticket, try_submission
from shared.errors import Unprocessable
from shared.http.arguments import Blueprint, StrictParser
from shared.http.authorisation import authorised, principal
from shared.http.paging import decode, encode
from shared.storage.database import autocommit


class RulesetParser(StrictParser):
    """StrictParser for bodies that hold a whole ruleset: sizes and depths that are too large are validation errors of the document."""

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """The JSON body. Raises Unprocessable for one that is too large, too deep or has a key twice, else as StrictParser does."""
        value, errors = read_json(req.get_data(cache=True))
        if errors and not errors[0].message.startswith("not JSON"):
            raise _not_saved({error.path: [error.message] for error in errors})
        document = value.get("document") if isinstance(value, dict) else None
        rules = document.get("rules") if isinstance(document, dict) else None
        if isinstance(rules, list) and len(rules) > MAX_RULES:
            raise _not_saved({"document.rules": [f"{len(rules)} rules: at most {MAX_RULES} are allowed"]})
        return super().load_json(req, schema)


def _not_saved(errors: dict[str, list[str]]) -> Unprocessable:
    return Unprocessable(errors, "The ruleset was not saved.")


class _RulesetBlueprint(Blueprint):
    ARGUMENTS_PARSER = RulesetParser()


blueprint = Blueprint("rulesets", __name__, url_prefix="/v1", description="Routing rules")
ruleset_bodies = _RulesetBlueprint("ruleset-bodies", __name__)


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
@ruleset_bodies.arguments(RulesetBody)
@blueprint.response(201, RulesetSchema)
def save(body: dict[str, Any]) -> Ruleset:
    """Save a ruleset as a draft"""
    with deps().engine.begin() as connection:
        return save_ruleset(connection, body["document"], body["comment"], _author(), deps().rulesets.vocabulary)


@blueprint.route("/rulesets/active")
@authorised("rules.read")
@blueprint.response(200, RulesetSchema)
def show_active() -> Ruleset:
    """The active ruleset"""
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
    """The changes from another ruleset to this one"""
    with autocommit(deps().engine) as connection:
        return compare(connection, number, query["against"]).as_document()


@blueprint.route("/rulesets/<int:number>/activation", methods=["POST"])
@authorised("rules.write")
@blueprint.arguments(ActivationBody)
@blueprint.response(200, RulesetSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def activate(body: dict[str, Any], number: int) -> Ruleset:
    """Activate a ruleset; an older number rolls back"""
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
    """The decision of a ruleset about a ticket, changing nothing"""
    with autocommit(deps().engine) as connection:
        return try_submission(connection, deps().rulesets, body["ticket"], body["ruleset"])


@blueprint.route("/tickets/<reference>/explanation")
@authorised("tickets.read")
@blueprint.response(200, ExplanationSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def explanation(reference: str) -> dict[str, Any]:
    """The reasons for a ticket's route"""
    with autocommit(deps().engine) as connection:
        return explain_ticket(connection, deps().rulesets, reference, principal())


def _author() -> Author:
    return author_of(principal(), request.remote_addr)
