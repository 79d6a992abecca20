"""Replays: starting, progress, result, cancelling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import show_tabs
from services.triage.console.ticket.why import in_words
from services.triage.current_deps import deps
from services.triage.replays.changed_tickets import changed_tickets
from services.triage.replays.saved import cancel_replay, find_replay, start_replay
from services.triage.rulesets.saved import active_ruleset, find_ruleset
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal

ROWS = 50
# Shades of the matrix.
WEIGHTS = 5


@dataclass(frozen=True)
class Cell:
    """The number of tickets with this pair of teams.

    `weight`: 0 for none, up to WEIGHTS for the most tickets that change teams; `stayed`: the team is the same.
    """

    count: int
    weight: int
    stayed: bool


@dataclass(frozen=True)
class Matrix:
    """A row for each team then, a column for each team by the draft, both in the order of `teams`."""

    teams: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    moved: int


def add_replays(blueprint: Blueprint) -> None:
    """The routes /rules/<n>/replay and /replays."""

    @blueprint.post("/rules/<int:number>/replay")
    @authorised("rules.write", by="session")
    def start_replaying(number: int) -> ResponseReturnValue:
        days = request.form.get("days", type=int)
        if days is None:
            raise Unprocessable({"days": ["Give a number of days."]})
        with deps().engine.begin() as connection:
            replay = start_replay(connection, number, days, principal().name)
        return redirect(url_for("console.show_replay", replay=replay), 303)

    @blueprint.get("/replays/<uuid:replay>")
    @authorised("rules.read", by="session")
    def show_replay(replay: UUID) -> ResponseReturnValue:
        after = request.args.get("after", 0, type=int)
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            found = find_replay(connection, replay)
            ruleset = find_ruleset(connection, found.ruleset)
            active = active_ruleset(connection).number
            changed = (
                changed_tickets(connection, deps().rulesets, replay, max(after, 0), ROWS + 1) if found.over else []
            )
        shown = found.as_document()
        unmatched = [rule["id"] for rule in ruleset.document["rules"] if not found.tally.matched[rule["id"]]]
        return render_template(
            "rules/replay.html",
            replay=found,
            shown=shown,
            ruleset=ruleset,
            active=active,
            matrix=_matrix_of(shown["matrix"], deps().settings.teams),
            changes=changed[:ROWS],
            next_after=changed[ROWS - 1]["number"] if len(changed) > ROWS else None,
            unmatched=unmatched if found.over and found.done else [],
            in_words=in_words,
            current_page="rules",
        )

    @blueprint.post("/replays/<uuid:replay>/cancellation")
    @authorised("rules.write", by="session")
    def cancel_replaying(replay: UUID) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            cancel_replay(connection, replay)
        return redirect(url_for("console.show_replay", replay=replay), 303)


def _matrix_of(pairs: Sequence[Mapping[str, Any]], teams: Sequence[str]) -> Matrix:
    """The matrix of a replay's pairs {"from", "to", "count"}; teams that no longer exist come last."""
    counts = {(pair["from"], pair["to"]): int(pair["count"]) for pair in pairs}
    named = [*teams, *sorted({team for pair in counts for team in pair} - set(teams))]
    most = max((count for (one, other), count in counts.items() if one != other), default=0)

    def cell(one: str, other: str) -> Cell:
        count = counts.get((one, other), 0)
        weight = 0 if not count or not most else 1 + (WEIGHTS - 1) * count // most
        return Cell(count, 0 if one == other else weight, one == other)

    rows = [(one, [cell(one, other) for other in named]) for one in named]
    return Matrix(named, rows, sum(count for (one, other), count in counts.items() if one != other))
