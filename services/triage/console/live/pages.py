"""What the console's scripts ask for live updates, presence, and the list of notifications."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.layout.form_input import choice
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.live.tokens import make_live_token
from services.triage.notifications.list_notifications import list_notifications
from services.triage.notifications.mark_read import mark_read, mark_ticket_read
from services.triage.presence.present import others_present
from services.triage.presence.put_presence import DOING, put_presence
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, credential, principal
from shared.http.paging import decode, encode

ROWS = 50
NEWEST = 2**63 - 1
# By the kind of a notification. A kind with facts says more in `kind_words`.
KIND_WORDS = {"mention": "mentioned you in an internal note"}
LEFT = "left"


def add_pages(blueprint: Blueprint) -> None:
    """The routes /live/token, /tickets/<reference>/presence, /notifications and, below it, read."""
    _add_scripts_routes(blueprint)
    _add_notifications(blueprint)


def _add_scripts_routes(blueprint: Blueprint) -> None:
    @blueprint.post("/live/token")
    @authorised("tickets.read", by="session", counts_as_use=False)
    def live_token() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            return {"token": make_live_token(connection, principal().id, credential())}

    @blueprint.post("/tickets/<reference>/presence")
    @authorised("tickets.write", by="session", counts_as_use=False)
    def presence(reference: str) -> ResponseReturnValue:
        doing = choice("doing", (*DOING, LEFT))
        me = principal()
        with deps().engine.begin() as connection:
            put_presence(connection, reference, me, next((one for one in DOING if one == doing), None))
            if doing != LEFT:
                mark_ticket_read(connection, me.id, reference)
            return {"present": others_present(connection, [reference], me.id).get(reference, [])}


def _add_notifications(blueprint: Blueprint) -> None:
    @blueprint.get("/notifications")
    @authorised("tickets.read", by="session")
    def notifications() -> ResponseReturnValue:
        key = decode(request.args.get("cursor"), (int,))
        before = int(key[0]) if key else NEWEST
        with deps().engine.begin() as connection:
            rows = list_notifications(connection, principal().id, unread=False, before=before, limit=ROWS + 1)
            show_tabs(connection, principal())
        shown = rows[:ROWS]
        return render_template(
            "live/notifications.html",
            notifications=[_shown(row) for row in shown],
            next_cursor=encode((_id(shown[-1]),)) if len(rows) > ROWS else None,
            current_page="notifications",
        )

    @blueprint.post("/notifications/read")
    @authorised("tickets.read", by="session")
    def read_notifications() -> ResponseReturnValue:
        given = request.form.get("id", "")
        if given and not (given.isascii() and given.isdecimal() and len(given) <= 18):
            raise Unprocessable({"id": ["Not a notification."]})
        with deps().engine.begin() as connection:
            mark_read(connection, principal().id, [int(given)] if given else None)
        return redirect(url_for("console.notifications"), 303)


def _id(row: Any) -> int:
    return int(row.id)


def _shown(row: Any) -> dict[str, Any]:
    """A notification with its sentence: who, and what they did."""
    words = KIND_WORDS.get(row.kind) or row.facts.get("words") or "News of a ticket"
    return {**row._mapping, "who": row.facts.get("by"), "words": words}
