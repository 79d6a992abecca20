"""The audit log, searched by who, what, and when."""

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import show_tabs
from services.triage.current_deps import deps
from shared.audit.actions import ACTIONS
from shared.audit.list_entries import NEWEST, Wanted, list_entries
from shared.http.authorisation import authorised, principal

ROWS = 50


def add_audit(blueprint: Blueprint) -> None:
    """The route /audit."""

    @blueprint.get("/audit")
    @authorised("audit.read", by="session")
    def audit() -> ResponseReturnValue:
        given = {
            name: request.args.get(name, "").replace("\x00", "").strip()
            for name in ("actor", "action", "target", "from", "to", "before")
        }
        before = int(given["before"]) if given["before"].isdecimal() and len(given["before"]) < 19 else NEWEST
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            entries = list_entries(connection, _wanted(given), before, ROWS + 1)
        following = entries[ROWS - 1].id if len(entries) > ROWS else None
        filters = {name: value for name, value in given.items() if value and name != "before"}
        return render_template(
            "admin/audit.html",
            entries=entries[:ROWS],
            following=following,
            filters=filters,
            actions=ACTIONS,
            current_page="audit",
        )


def _wanted(given: dict[str, str]) -> Wanted:
    """The days are whole ones in UTC, the last one included; a day that is none is left out."""
    first, last = _day(given["from"]), _day(given["to"])
    return Wanted(
        given["actor"] or None,
        given["action"] or None,
        given["target"] or None,
        _midnight(first) if first else None,
        _midnight(last + timedelta(days=1)) if last and last < date.max else None,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
