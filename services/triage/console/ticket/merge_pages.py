"""Merging a selection, separating merged tickets, and links between tickets. Merging one ticket is an action with a panel."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.actions.access import Actor
from services.triage.console.layout.csrf import own_path
from services.triage.console.layout.form_input import required_text
from services.triage.console.layout.layout import show_tabs
from services.triage.console.ticket.pages import to_ticket
from services.triage.current_deps import deps
from services.triage.merging.merge_into_oldest import merge_into_oldest
from services.triage.merging.read_selection import read_selection
from services.triage.merging.relate import relate, unrelate
from services.triage.merging.unmerge import unmerge
from shared.http.authorisation import authorised, principal


def add_merge_pages(blueprint: Blueprint) -> None:
    """The routes /tickets/merge and below, and below /tickets/<reference> for unmerge and links."""

    @blueprint.post("/tickets/merge/new")
    @authorised("tickets.write", by="session")
    def new_merge() -> ResponseReturnValue:
        """What will be merged into which, before it is. The fields `references`, one a ticket, and `back`."""
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            selection = read_selection(connection, request.form.getlist("references"), principal())
        return render_template(
            "bulk/merge.html", selection=selection, back=own_path(request.form.get("back", "")), current_page="queue"
        )

    @blueprint.post("/tickets/merge")
    @authorised("tickets.write", by="session")
    def merge_selected() -> ResponseReturnValue:
        """The fields `references`, one a ticket, and `silent`."""
        with deps().engine.begin() as connection:
            references = request.form.getlist("references")
            actor = Actor(principal(), source="console")
            surviving = merge_into_oldest(connection, references, actor, "silent" in request.form)
        return to_ticket(surviving, "merged")

    @blueprint.post("/tickets/<reference>/unmerge")
    @authorised("tickets.write", by="session")
    def unmerge_ticket(reference: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            actor = Actor(principal(), source="console")
            unmerge(connection, reference, actor, deps().rulesets.active(connection))
        return to_ticket(reference, "unmerged")

    @blueprint.post("/tickets/<reference>/links")
    @authorised("tickets.write", by="session")
    def link_ticket(reference: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            relate(connection, reference, Actor(principal(), source="console"), required_text("to").upper())
        return to_ticket(reference, "related")

    @blueprint.post("/tickets/<reference>/links/<other>/removal")
    @authorised("tickets.write", by="session")
    def unlink_ticket(reference: str, other: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            unrelate(connection, reference, Actor(principal(), source="console"), other)
        return to_ticket(reference, "unrelated")
