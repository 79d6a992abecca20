"""Stored replays: starting, finding, cancelling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.rules.tally import Tally, pairs
from services.triage.rulesets.saved import find_ruleset
from shared.errors import NotFound, Unprocessable

LONGEST_DAYS = 3_650

_START = text("""
    insert into triage.replays (ruleset, days, created_by, since, until)
    select :ruleset, :days, :by, now.at - make_interval(days => :days), now.at
    from (select clock_timestamp() as at) as now returning id
""")
_COLUMNS = "id, ruleset, days, state, step, done, total, tally, created_by, created_at, finished_at, error"
_ONE = text(f"select {_COLUMNS} from triage.replays where id = :id")
_LATEST = text(f"select {_COLUMNS} from triage.replays where ruleset = :ruleset order by created_at desc limit 1")
_LATELY = text("""
    select tally from triage.replays
    where ruleset = :ruleset and state = 'done' and days >= 30 and done > 0 and until > clock_timestamp() - interval '1 day'
    order by created_at desc limit 1
""")
_CANCEL = text("""
    update triage.replays set state = 'cancelled', finished_at = clock_timestamp()
    where id = :id and state in ('queued', 'running')
""")


@dataclass(frozen=True)
class Replay:
    """A replay and its figures so far."""

    id: UUID
    ruleset: int
    days: int
    state: str
    step: int
    done: int
    total: int
    tally: Tally
    created_by: str
    created_at: datetime
    finished_at: datetime | None
    error: str | None

    @property
    def over(self) -> bool:
        """Whether the replay has ended and its figures are final."""
        return self.state not in ("queued", "running")

    @property
    def share_changed(self) -> float:
        """The share of tickets that are decided differently."""
        return self.tally.changed / self.done if self.done else 0.0

    def as_document(self) -> dict[str, Any]:
        """The API's object for a replay."""
        return {
            "id": self.id,
            "ruleset": self.ruleset,
            "days": self.days,
            "state": self.state,
            "progress": {"done": self.done, "total": self.total},
            "matrix": pairs(self.tally.teams),
            "changed": self.tally.changed,
            "priorities": pairs(self.tally.priorities),
            "holds": [
                {"from": row["from"] == "True", "to": row["to"] == "True", "count": row["count"]}
                for row in pairs(self.tally.holds)
            ],
            "agreement": self.tally.agreement,
            "created_by": self.created_by,
            "created_at": self.created_at,
            "finished_at": self.finished_at,
            "error": self.error,
        }


def start_replay(connection: Connection, ruleset: int, days: int, by: str) -> UUID:
    """Queue a replay of `ruleset` over the tickets of the last `days`. Returns its id. Raises NotFound, Unprocessable."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Unprocessable({"days": [f"From 1 to {LONGEST_DAYS}."]})
    find_ruleset(connection, ruleset)
    found: UUID = connection.execute(_START, {"ruleset": ruleset, "days": days, "by": by}).scalar_one()
    return found


def find_replay(connection: Connection, replay: UUID) -> Replay:
    """Raises NotFound."""
    row = connection.execute(_ONE, {"id": replay}).one_or_none()
    if row is None:
        raise NotFound("There is no such replay.")
    return _replay(row)


def latest_replay(connection: Connection, ruleset: int) -> Replay | None:
    """The newest replay of a ruleset, None if there is none."""
    row = connection.execute(_LATEST, {"ruleset": ruleset}).one_or_none()
    return None if row is None else _replay(row)


def matched_lately(connection: Connection, ruleset: int, rules: Sequence[str]) -> dict[str, int]:
    """By rule id, how many tickets of the last 30 days it matched, from a replay of the last day; empty without such a replay."""
    row = connection.execute(_LATELY, {"ruleset": ruleset}).one_or_none()
    if row is None:
        return {}
    matched = Tally.of_document(row.tally).matched
    return {rule: matched[rule] for rule in rules}


def cancel_replay(connection: Connection, replay: UUID) -> None:
    """End a replay unless it is over; its figures stay. Raises NotFound."""
    find_replay(connection, replay)
    connection.execute(_CANCEL, {"id": replay})


def _replay(row: Row[Any]) -> Replay:
    values = {**row._mapping, "tally": Tally.of_document(row.tally), "total": max(row.total or 0, row.done)}
    return Replay(**values)
