"""Lists, makes, changes and deletes saved replies."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from services.triage.actions.reply import THEN
from services.triage.console.layout.form_input import choice, text_field
from services.triage.console.layout.layout import show_tabs, team_title
from services.triage.console.saved_replies.picker import add_picker
from services.triage.current_deps import deps
from services.triage.rules.document.model import PRIORITIES
from services.triage.saved_replies.change_saved_reply import change_saved_reply, delete_saved_reply
from services.triage.saved_replies.create_saved_reply import create_saved_reply
from services.triage.saved_replies.list_saved_replies import list_saved_replies
from services.triage.saved_replies.placeholders import PLACEHOLDERS
from services.triage.saved_replies.saved_reply import Draft, as_item, find_saved_reply, may_change, shared_with
from shared.errors import Conflict, Unprocessable
from shared.http.authorisation import authorised, principal

MOST_SHOWN = 2_000
TEAM = "team:"
THEN_WORDS = {"wait": "wait for an answer", "resolve": "resolve", "keep": "keep it claimed"}


def add_pages(blueprint: Blueprint) -> None:
    """The routes /saved-replies and below, and those of the composer."""
    add_picker(blueprint)

    @blueprint.get("/saved-replies")
    @authorised("tickets.read", by="session")
    def saved_replies() -> ResponseReturnValue:
        me = principal()
        with deps().engine.begin() as connection:
            show_tabs(connection, me)
            rows = list_saved_replies(connection, me, me.readable(deps().settings.teams), limit=MOST_SHOWN)
        groups = _groups(rows)
        return render_template("saved_replies/saved_replies.html", groups=groups, current_page="saved_replies")

    @blueprint.get("/saved-replies/new")
    @authorised("tickets.write", by="session")
    def new_saved_reply() -> ResponseReturnValue:
        return _show_form(None, {"shared_with": "me"}, {}, 200)

    @blueprint.post("/saved-replies/new")
    @authorised("tickets.write", by="session")
    def make_saved_reply() -> ResponseReturnValue:
        return _save(None)

    @blueprint.get("/saved-replies/<uuid:saved_reply>")
    @authorised("tickets.read", by="session")
    def saved_reply(saved_reply: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            row = find_saved_reply(connection, saved_reply, principal())
        return _show_form(row, _fields(row), {}, 200)

    @blueprint.post("/saved-replies/<uuid:saved_reply>")
    @authorised("tickets.write", by="session")
    def change_reply(saved_reply: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            row = find_saved_reply(connection, saved_reply, principal())
        return _save(row)

    @blueprint.post("/saved-replies/<uuid:saved_reply>/deletion")
    @authorised("tickets.write", by="session")
    def delete_reply(saved_reply: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            delete_saved_reply(connection, saved_reply, principal())
        return redirect(url_for("console.saved_replies", done="reply-deleted"), 303)


def _groups(rows: Sequence[Row[Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The rows as items by whose they are, one's own first and everybody's last, those used most first."""
    groups: dict[str, list[dict[str, Any]]] = {"Yours": []}
    for row in sorted(rows, key=lambda row: (row.owner is None, row.team is None, row.team or "")):
        item = as_item(row, principal())
        item["may_change"] = may_change(principal(), row.team, row.owner)
        groups.setdefault(_whose(row), []).append(item)
    return [(whose, sorted(items, key=_order)) for whose, items in groups.items() if items]


def _order(item: Mapping[str, Any]) -> tuple[int, str]:
    return -int(item.get("uses", 0)), str(item["name"]).lower()


def _whose(row: Row[Any]) -> str:
    return "Yours" if row.owner else team_title(row.team) if row.team else "Everybody’s"


def _save(row: Row[Any] | None) -> ResponseReturnValue:
    teams = deps().settings.teams
    try:
        draft = _draft()
        with deps().engine.begin() as connection:
            if row is None:
                create_saved_reply(connection, principal(), draft, teams)
            else:
                change_saved_reply(connection, row.id, principal(), draft, teams)
    except Unprocessable as error:
        return _show_form(row, request.form, error.errors, 422)
    except Conflict as error:
        return _show_form(row, request.form, {"": [error.detail]}, 409)
    return redirect(url_for("console.saved_replies", done="reply-saved"), 303)


def _draft() -> Draft:
    """The form. Raises Unprocessable."""
    shared = request.form.get("shared_with", "me")
    team = shared.removeprefix(TEAM) if shared.startswith(TEAM) else None
    if team is None and shared not in ("me", "all"):
        raise Unprocessable({"shared_with": ["Choose who uses it."]})
    texts = {language: text for language in ("en", "sv") if (text := text_field(f"text_{language}"))}
    tags = [tag.strip() for tag in request.form.get("tags", "").split(",") if tag.strip()]
    chosen = {
        "then": choice("then", ("", *THEN)),
        "tags": list(dict.fromkeys(tags)),
        "priority": choice("priority", ("", *PRIORITIES)),
    }
    actions = {name: value for name, value in chosen.items() if value}
    return Draft(text_field("name"), team, texts, actions, "team" if team else "all" if shared == "all" else "me")


def _fields(row: Row[Any]) -> dict[str, str]:
    """The form's fields as the row has them."""
    actions = row.actions
    return {
        "name": row.name,
        "shared_with": f"{TEAM}{row.team}" if row.team else shared_with(row),
        "text_en": row.texts["en"],
        "text_sv": row.texts.get("sv", ""),
        "then": actions.get("then", ""),
        "tags": ", ".join(actions.get("tags", ())),
        "priority": actions.get("priority", ""),
    }


def _show_form(
    row: Row[Any] | None, fields: Mapping[str, str], errors: Mapping[str, Sequence[str]], status: int
) -> ResponseReturnValue:
    me = principal()
    with deps().engine.begin() as connection:
        show_tabs(connection, me)
    html = render_template(
        "saved_replies/saved_reply.html",
        row=row,
        form=fields,
        errors=errors,
        messages=[message for messages in errors.values() for message in messages],
        may_change=row is None or may_change(me, row.team, row.owner),
        choices=_choices(row),
        then_words=THEN_WORDS,
        priorities=PRIORITIES,
        placeholders=PLACEHOLDERS,
        current_page="saved_replies",
    )
    return html, status


def _choices(row: Row[Any] | None) -> list[tuple[str, str]]:
    """With whom the reader may share it."""
    me = principal()
    teams = [team for team in deps().settings.teams if me.may_take_over(team)]
    own = "Only you" if row is None or row.owner in (None, me.id) else "Only its owner"
    everybody = [("all", "Everybody")] if me.may("saved-replies.share") else []
    return [("me", own), *((f"{TEAM}{team}", team_title(team)) for team in teams), *everybody]
