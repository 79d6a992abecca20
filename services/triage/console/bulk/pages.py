"""One action on the selected tickets of a list, or on all that a search finds: its form, its progress and results, and undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import marshmallow as ma
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.actions.resolve import TITLES as OUTCOMES
from services.triage.actions.transfer import TITLES as CAUSES
from services.triage.bulk.kinds import KINDS, BulkKind
from services.triage.bulk.saved import count_results, find_bulk, results_of
from services.triage.bulk.start_bulk import MOST_FOUND, Wanted, start_bulk
from services.triage.bulk.undo_bulk import undo_bulk
from services.triage.console.layout.csrf import own_path
from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from services.triage.idempotency import Request
from services.triage.lists.matching_references import matching_references
from services.triage.owners.colleagues import colleagues
from services.triage.rules.document.model import PRIORITIES
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal
from shared.http.problems import flat_messages

ROWS = 200
LONGEST_QUERY = 200
LONGEST_REFERENCE = 100
NOTHING_SELECTED = "Select a ticket first: tick it, or press x on it."


@dataclass(frozen=True)
class Selection:
    """The tickets of a form: those that were ticked, or all that a query finds, then with their number."""

    references: Sequence[str]
    query: str | None
    expected: int | None

    @property
    def count(self) -> int:
        return len(self.references) if self.expected is None else self.expected


def add_pages(blueprint: Blueprint) -> None:
    """The routes /bulk and below it."""
    _add_start(blueprint)
    _add_bulk(blueprint)


def _add_start(blueprint: Blueprint) -> None:
    @blueprint.get("/bulk/count")
    @authorised("tickets.read", by="session")
    def count_found() -> ResponseReturnValue:
        try:
            return {"count": _count(request.args.get("q", "")[:LONGEST_QUERY])}
        except Unprocessable as error:
            return {"count": None, "why": error.errors["query"][0]}

    @blueprint.post("/bulk/new")
    @authorised("tickets.write", by="session")
    def new_bulk() -> ResponseReturnValue:
        kind = _kind()
        selection = _selected()
        return _show_form(kind, replace(selection, expected=_count(selection.query)) if selection.query else selection)

    @blueprint.post("/bulk")
    @authorised("tickets.write", by="session")
    def start_now() -> ResponseReturnValue:
        kind, selection = _kind(), _selected()
        try:
            bulk = _start(kind, selection)
        except ma.ValidationError as error:
            return _show_form(kind, selection, flat_messages(error.messages))
        except Unprocessable as error:
            return _show_form(kind, selection, error.errors)
        return redirect(url_for("console.bulk", bulk=bulk), 303)


def _add_bulk(blueprint: Blueprint) -> None:
    @blueprint.get("/bulk/<uuid:bulk>")
    @authorised("tickets.read", by="session")
    def bulk(bulk: UUID) -> ResponseReturnValue:
        after = max(request.args.get("after", 0, type=int), 0)
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            found = find_bulk(connection, bulk, principal())
            counts = count_results(connection, bulk)
            results = results_of(connection, bulk, after, ROWS + 1)
        return render_template(
            "bulk/bulk.html",
            bulk=found,
            counts=counts,
            results=results[:ROWS],
            next_after=results[ROWS - 1].number if len(results) > ROWS else None,
            may_undo=found.may_be_undone and found.may_undo(principal()),
        )

    @blueprint.post("/bulk/<uuid:bulk>/undo")
    @authorised("tickets.write", by="session")
    def undo_now(bulk: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            undo_bulk(connection, bulk, principal())
        return redirect(url_for("console.bulk", bulk=bulk), 303)


def _count(query: str) -> int:
    """How many tickets the query finds. Raises Unprocessable for too many."""
    with deps().engine.begin() as connection:
        return len(matching_references(connection, query, principal(), deps().settings.teams, MOST_FOUND, deps().known))


def _kind() -> BulkKind:
    """Raises Unprocessable."""
    found = KINDS.get(request.form.get("kind", ""))
    if found is None:
        raise Unprocessable({"kind": [f"Choose from: {', '.join(KINDS)}."]})
    return found


def _selected() -> Selection:
    """Raises Unprocessable where nothing is selected."""
    query = request.form.get("query", "").strip()[:LONGEST_QUERY]
    if query and request.form.get("all"):
        return Selection((), query, request.form.get("expected", type=int))
    references = tuple(one[:LONGEST_REFERENCE] for one in dict.fromkeys(request.form.getlist("references")))
    if not references:
        raise Unprocessable({"references": [NOTHING_SELECTED]}, NOTHING_SELECTED)
    return Selection(references, None, None)


def _show_form(
    kind: BulkKind, selection: Selection, errors: Mapping[str, Sequence[str]] | None = None
) -> ResponseReturnValue:
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
        people = colleagues(connection, principal().readable(deps().settings.teams)) if kind.name == "owner" else ()
    html = render_template(
        "bulk/new.html",
        kind=kind,
        selection=selection,
        messages=[message for messages in (errors or {}).values() for message in messages],
        form=request.form,
        # Of a form that was rejected, so that it starts one bulk however often it is sent.
        key=_key(),
        back=own_path(request.form.get("back", "")),
        teams=deps().settings.teams,
        causes=CAUSES,
        outcomes=OUTCOMES,
        priorities=PRIORITIES,
        people=people,
    )
    return html, 422 if errors else 200


def _start(kind: BulkKind, selection: Selection) -> UUID:
    """Start it, once a form. Raises Unprocessable, Conflict, and marshmallow's ValidationError."""
    action: dict[str, Any] = {"kind": kind.name, **kind.body().load(_fields(kind))}
    references = None if selection.query else selection.references
    readable = principal().readable(deps().settings.teams)
    wanted = Wanted(references, selection.query, readable, selection.expected, deps().known)
    body = {"references": references, "query": selection.query, "action": action}
    made = Request(principal().id, "POST /bulk", str(_key()), body)
    with deps().engine.begin() as connection:
        if made.is_repeated(connection):
            return UUID(made.made(connection))
        bulk = start_bulk(connection, principal(), wanted, action, deps().settings.teams, "console")
        made.remember_made(connection, str(bulk))
    return bulk


def _key() -> UUID:
    """The form's own key. Raises Unprocessable for what no form of ours holds."""
    try:
        return UUID(request.form["key"]) if "key" in request.form else uuid4()
    except ValueError as error:
        raise Unprocessable({"key": ["Open the form again."]}) from error


def _fields(kind: BulkKind) -> dict[str, Any]:
    """The fields of the form that this kind has, as the API's body has them."""
    given: dict[str, Any] = {
        name: request.form[name].replace("\r\n", "\n")
        for name in kind.body().fields
        if request.form.get(name, "").strip()
    }
    if kind.name == "tags":
        return {
            name: [tag.strip() for tag in given.get(name, "").split(",") if tag.strip()] for name in ("add", "remove")
        }
    return {"email": None, **given} if kind.name == "owner" else given
