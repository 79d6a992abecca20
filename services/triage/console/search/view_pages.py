"""The views: keeping a search, changing, moving and deleting a view."""

from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.triage.console.layout.form_input import choice
from services.triage.console.layout.layout import show_tabs
from services.triage.console.search.kept_views import choices_of, chosen, kept_views, show_kept_views
from services.triage.console.search.pages import SORTS, search_page
from services.triage.current_deps import deps
from services.triage.lists.search_tickets import Count
from services.triage.views.change_view import change_view
from services.triage.views.delete_view import delete_view
from services.triage.views.list_views import count_view
from services.triage.views.move_view import move_view
from services.triage.views.save_view import save_view
from services.triage.views.view import ViewFields
from shared.errors import Conflict, Unprocessable
from shared.http.authorisation import authorised, principal


def add_pages(blueprint: Blueprint) -> None:
    """The routes /views and below."""
    blueprint.app_context_processor(lambda: {"kept_views": kept_views, "count_words": count_words})
    _add_reading(blueprint)
    _add_writing(blueprint)


def _add_reading(blueprint: Blueprint) -> None:
    @blueprint.get("/views")
    @authorised("tickets.read", by="session")
    def views() -> ResponseReturnValue:
        return _page(None, {}, {}, 200)

    @blueprint.get("/views/counts")
    @authorised("tickets.read", by="session", counts_as_use=False)
    def view_counts() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            counts = _counts(connection)
        return {view: count_words(count) for view, count in counts.items()}


def _add_writing(blueprint: Blueprint) -> None:
    @blueprint.post("/views")
    @authorised("tickets.write", by="session")
    def save_search() -> ResponseReturnValue:
        form = request.form
        try:
            with deps().engine.begin() as connection:
                view = save_view(connection, principal(), _fields(form), deps().known)
        except (Unprocessable, Conflict) as error:
            errors = error.errors if isinstance(error, Unprocessable) else {"name": [error.detail]}
            return search_page(errors, {**form, "q": form.get("query", "")})
        address = url_for("console.search", q=form["query"], sort=_sort(form), view=view, done="saved")
        return redirect(address, 303)

    @blueprint.post("/views/<uuid:view>")
    @authorised("tickets.write", by="session")
    def store_view(view: UUID) -> ResponseReturnValue:
        try:
            with deps().engine.begin() as connection:
                change_view(connection, view, principal(), _fields(request.form), deps().known)
        except Unprocessable as error:
            return _page(view, error.errors, request.form, 422)
        return redirect(url_for("console.views", done="saved"), 303)

    @blueprint.post("/views/<uuid:view>/deletion")
    @authorised("tickets.write", by="session")
    def drop_view(view: UUID) -> ResponseReturnValue:
        return _changed(lambda connection: delete_view(connection, view, principal()))

    @blueprint.post("/views/<uuid:view>/position")
    @authorised("tickets.write", by="session")
    def reorder_view(view: UUID) -> ResponseReturnValue:
        to = cast("Any", choice("to", ("up", "down")))
        return _changed(lambda connection: move_view(connection, view, principal(), to))


def count_words(count: Count) -> str:
    """`12`, or `1,000+` where there are more."""
    return f"{count.value:,}{'' if count.exact else '+'}"


def _changed(change: Callable[[Connection], None]) -> ResponseReturnValue:
    with deps().engine.begin() as connection:
        change(connection)
    return redirect(url_for("console.views", done="saved"), 303)


def _counts(connection: Connection) -> dict[str, Count]:
    me = principal()
    teams = me.readable(deps().settings.teams)
    return {view.id: count_view(connection, view.query, me, teams) for view in show_kept_views(connection, me)}


def _page(
    changed: UUID | None, errors: Mapping[str, list[str]], form: Mapping[str, str], status: int
) -> ResponseReturnValue:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
        counts = _counts(connection)
    page = render_template(
        "search/views.html",
        counts=counts,
        sorts=SORTS,
        choices=choices_of(principal()),
        changed=str(changed) if changed else None,
        errors=errors,
        form=form,
        current_page="views",
    )
    return page, status


def _sort(form: Mapping[str, str]) -> str:
    return form["sort"] if form.get("sort") in SORTS else "created"


def _fields(form: Mapping[str, str]) -> ViewFields:
    shared_with, team = chosen(form.get("shared", "me"))
    query = form.get("query", "").replace("\x00", "")
    return ViewFields(form.get("name", ""), query[:500], cast("Any", _sort(form)), shared_with, team)
