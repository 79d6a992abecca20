"""The ledger over HTTP: the kinds of e-mail, lists, one e-mail, sending again."""

from typing import Any
from uuid import UUID

from services.notify.api.newest_first import before
from services.notify.api.schemas import (
    EmailKindsSchema,
    EmailPageSchema,
    EmailsQuery,
    ResendsSchema,
    ResentSchema,
    WholeEmailSchema,
)
from services.notify.compose.kinds.registry import KINDS
from services.notify.deps import Deps
from services.notify.emails.links import link_to
from services.notify.emails.query import Wanted, WholeEmail, list_emails, read_email, visible_teams
from services.notify.emails.resend_email import resend_email
from services.notify.emails.resend_emails import resend_emails
from shared.auth.principal import Principal
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.paging import page
from shared.storage.database import autocommit

WRITING_ROLES = ("agent", "lead", "admin")


def make_blueprint(deps: Deps) -> Blueprint:
    """The routes below /v1/emails."""
    blueprint = Blueprint("emails", __name__, url_prefix="/v1/emails", description="The ledger of e-mails")
    _add_reading(blueprint, deps)
    _add_sending(blueprint, deps)
    return blueprint


def _add_reading(blueprint: Blueprint, deps: Deps) -> None:
    @blueprint.route("")
    @authorised("emails.read")
    @blueprint.arguments(EmailsQuery, location="query")
    @blueprint.response(200, EmailPageSchema)
    def emails(query: dict[str, Any]) -> dict[str, Any]:
        """E-mails, newest first."""
        limit, last = query.pop("limit"), before(query.pop("cursor"))
        wanted = Wanted(visible_teams(principal(), deps.settings.teams), **query)
        with autocommit(deps.engine) as connection:
            rows = list_emails(connection, wanted, limit + 1, last)
        return page(rows, limit, lambda row: (str(row.id),), vars)

    @blueprint.route("/kinds")
    @authorised("emails.read")
    @blueprint.response(200, EmailKindsSchema)
    def kinds() -> dict[str, Any]:
        """Every kind of e-mail, with its title for lists."""
        items = [{"name": kind.name, "title": kind.title, "audience": kind.audience} for kind in KINDS.values()]
        return {"items": items, "next_cursor": None}

    @blueprint.route("/<uuid:email>")
    @authorised("emails.read")
    @blueprint.response(200, WholeEmailSchema)
    @blueprint.alt_response(404, "NOT_FOUND")
    def email(email: UUID) -> dict[str, Any]:
        """One e-mail with its attempts."""
        with autocommit(deps.engine) as connection:
            found = read_email(connection, email, principal())
        return found.shown(_link(deps, found, principal()))


def _add_sending(blueprint: Blueprint, deps: Deps) -> None:
    @blueprint.route("/resends", methods=["POST"])
    @authorised("emails.write")
    @blueprint.arguments(ResendsSchema)
    @blueprint.response(202, ResentSchema)
    def resends(body: dict[str, str | None]) -> dict[str, int]:
        """Send all e-mails of a state again, up to 500 a call; repeat the call until none is left."""
        teams = visible_teams(principal(), deps.settings.teams)
        with deps.engine.begin() as connection:
            return {"resent": resend_emails(connection, str(body["state"]), body["kind"], teams)}

    @blueprint.route("/<uuid:email>/resend", methods=["POST"])
    @authorised("emails.write")
    @blueprint.response(202, WholeEmailSchema)
    @blueprint.alt_response(404, "NOT_FOUND")
    @blueprint.alt_response(409, "CONFLICT")
    def resend(email: UUID) -> dict[str, Any]:
        """Send an e-mail again, with the same Message-ID."""
        with deps.engine.begin() as connection:
            resend_email(connection, read_email(connection, email, principal()))
            found = read_email(connection, email, principal())
        return found.shown(_link(deps, found, principal()))


def _link(deps: Deps, email: WholeEmail, reader: Principal) -> str | None:
    """The status link, only for readers who may write to the requester anyway: its key opens the requester's own page."""
    if reader.role not in WRITING_ROLES or not reader.may_write(email.team or "*"):
        return None
    return link_to(deps.settings.intake_url, deps.settings.secret, email.ticket, email.key_number)
