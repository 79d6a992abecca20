"""Choosing a saved reply in a ticket's composer: for the script, and without one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row
from werkzeug.datastructures import MultiDict

from services.triage.console.layout.layout import team_title
from services.triage.console.ticket.own_files import upload_sent_files
from services.triage.console.ticket.pages import show_ticket
from services.triage.current_deps import deps
from services.triage.saved_replies.list_saved_replies import find_saved_replies
from services.triage.saved_replies.render_saved_reply import (
    RenderedReply,
    fill_in,
    render_saved_reply,
    ticket_to_fill_in,
)
from services.triage.tickets.read_ticket import team_of
from shared.errors import Forbidden, NotFound, Unprocessable
from shared.http.authorisation import authorised, principal

LONGEST_SEARCH = 200


def add_picker(blueprint: Blueprint) -> None:
    """The routes below /tickets/<reference> for saved replies."""

    @blueprint.get("/tickets/<reference>/saved-replies")
    @authorised("tickets.write", by="session")
    def find_replies(reference: str) -> ResponseReturnValue:
        words = request.args.get("q", "")[:LONGEST_SEARCH]
        with deps().engine.begin() as connection:
            return {"items": _found(connection, reference, words)}

    @blueprint.post("/tickets/<reference>/saved-reply/<panel>")
    @authorised("tickets.write", by="session")
    def insert_reply(reference: str, panel: str) -> ResponseReturnValue:
        form = MultiDict(request.form)
        try:
            upload_sent_files()
            with deps().engine.begin() as connection:
                principal().require_write(team_of(connection, reference, principal()))
                rendered = _chosen(connection, reference)
            _insert(form, rendered)
        except Unprocessable as error:
            return show_ticket(reference, panel, error.errors, 422)
        return show_ticket(reference, panel, {}, 200, sent=form)


def _found(connection: Connection, reference: str, words: str) -> list[dict[str, Any]]:
    me = principal()
    me.require_write(team_of(connection, reference, me))
    ticket = ticket_to_fill_in(connection, reference)
    teams = me.readable(deps().settings.teams)
    rows = find_saved_replies(connection, me, teams, ticket.team, words)
    rendered = (fill_in(row.texts, row.actions, ticket, me, deps().catalog) for row in rows)
    return [_item(row, reply) for row, reply in zip(rows, rendered, strict=True)]


def _item(row: Row[Any], rendered: RenderedReply) -> dict[str, Any]:
    whose = "Yours" if row.owner else team_title(row.team) if row.team else "Everybody’s"
    return {"id": str(row.id), "name": row.name, "whose": whose, **vars(rendered)}


def _chosen(connection: Connection, reference: str) -> RenderedReply:
    """The saved reply of the form's list. Raises Unprocessable for one that is not there."""
    try:
        return render_saved_reply(
            connection, UUID(request.form.get("insert", "")), reference, principal(), deps().catalog
        )
    except (ValueError, NotFound, Forbidden) as error:
        raise Unprocessable({"insert": ["Choose a saved reply first."]}) from error


def _insert(form: MultiDict[str, str], rendered: RenderedReply) -> None:
    written = form.get("message", "").rstrip()
    form["message"] = f"{written}\n\n{rendered.text}" if written else rendered.text
    form["saved_reply"] = form["insert"]
    actions = rendered.actions
    if actions.get("then"):
        form["then"] = actions["then"]
    if actions.get("tags"):
        before = [tag.strip() for tag in form.get("add_tags", "").split(",") if tag.strip()]
        form["add_tags"] = ", ".join(dict.fromkeys([*before, *actions["tags"]]))
    if actions.get("priority"):
        form["set_priority"] = actions["priority"]
