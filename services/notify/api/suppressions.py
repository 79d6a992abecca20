"""The suppression list over HTTP."""

from typing import Any
from uuid import UUID

from flask import request

from services.notify.api.newest_first import before
from services.notify.api.schemas import NewSuppressionSchema, SuppressionPageSchema, SuppressionSchema
from services.notify.deps import Deps
from services.notify.emails.query import visible_teams
from services.notify.emails.suppressions import Reader, Suppression, lift, list_suppressions, suppress
from shared.audit.record import Author
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.paging import PageArguments, page
from shared.storage.database import autocommit


def make_blueprint(deps: Deps) -> Blueprint:
    """The routes below /v1/suppressions."""
    blueprint = Blueprint(
        "suppressions", __name__, url_prefix="/v1/suppressions", description="Addresses that get no e-mail"
    )
    _add_reading(blueprint, deps)
    _add_writing(blueprint, deps)
    return blueprint


def _add_reading(blueprint: Blueprint, deps: Deps) -> None:
    @blueprint.route("")
    @authorised("emails.read")
    @blueprint.arguments(PageArguments, location="query")
    @blueprint.response(200, SuppressionPageSchema)
    def suppressions(query: dict[str, Any]) -> dict[str, Any]:
        """Suppressed addresses, newest first: those that the caller's teams wrote to, and those that the caller added."""
        last = before(query["cursor"])
        with autocommit(deps.engine) as connection:
            rows = list_suppressions(connection, _reader(deps), query["limit"] + 1, last)
        return page(rows, query["limit"], lambda row: (str(row.id),), _shown)


def _add_writing(blueprint: Blueprint, deps: Deps) -> None:
    @blueprint.route("", methods=["POST"])
    @authorised("emails.write")
    @blueprint.arguments(NewSuppressionSchema)
    @blueprint.response(201, SuppressionSchema)
    @blueprint.alt_response(409, "CONFLICT")
    def add(body: dict[str, str]) -> dict[str, Any]:
        """Suppress an address."""
        with deps.engine.begin() as connection:
            return _shown(suppress(connection, body["email"], body["reason"], _author()))

    @blueprint.route("/<uuid:suppression>", methods=["DELETE"])
    @authorised("emails.write")
    @blueprint.response(204)
    @blueprint.alt_response(404, "NOT_FOUND")
    def remove(suppression: UUID) -> None:
        """Let an address get e-mail again."""
        with deps.engine.begin() as connection:
            lift(connection, _reader(deps), suppression, _author())


def _reader(deps: Deps) -> Reader:
    return Reader(principal().id, visible_teams(principal(), deps.settings.teams))


def _author() -> Author:
    return Author(principal().id, request.remote_addr)


def _shown(suppression: Suppression) -> dict[str, Any]:
    return {**vars(suppression), "email": suppression.address}
