"""What the daily reports count of one ticket, from its timeline. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.triage.reports.fold.histories import Entry, History

Measure = Literal["volume", "answered_volume", "first_answer", "resolution", "reopened", "backlog"]

_ANSWERS = frozenset({"replied", "information_requested", "disapproved"})
_RESOLVES = frozenset({"resolved", "resolved_in_silence", "disapproved"})


@dataclass(frozen=True)
class Counted:
    """One thing that a report counts: `change` of `measure` at `at`, for `team` and `agent`, because of the timeline entry `entry`.

    `undoes`: the entry whose answer or resolution does not count any more.
    """

    entry: int
    measure: Measure
    at: datetime
    team: str
    agent: UUID | None = None
    change: int = 1
    undoes: int | None = None


def is_first_answer(entry: Entry) -> bool:
    """Whether this entry is a person's message to the requester, so that the first one of a ticket is its first answer."""
    return entry.by_person and (entry.kind in _ANSWERS or (entry.kind == "resolved" and entry.has_message))


def is_resolution(entry: Entry) -> bool:
    """Whether this entry resolves an unfinished ticket."""
    return entry.kind in _RESOLVES or (entry.kind == "replied" and entry.fact("then") == "resolve")


def measure(history: History) -> list[Counted]:
    """Everything that counts of this ticket, in the order of its entries."""
    first = next((entry for entry in history.entries if entry.kind == "routed"), None)
    team = (first and first.fact("team")) or history.team
    ticket = _Ticket(history.created_at, team)
    return [counted for entry in history.entries for counted in ticket.after(entry)]


class _Ticket:
    """The state of a ticket between two entries. `answer`, `resolution`: the last that counted."""

    def __init__(self, created_at: datetime, team: str) -> None:
        self.created_at = created_at
        self.team = self.routed_to = team
        self.is_open = False  # in the backlog
        self.is_merged = False
        self.answer: Counted | None = None
        self.resolution: Counted | None = None

    def after(self, entry: Entry) -> Iterator[Counted]:
        """What counts because of the next entry."""
        match entry.kind:
            case "routed" if entry.fact("state") != "blocked":
                yield from self._submitted(entry)
            case "unblocked":
                yield from self._submitted(entry)
            case "transferred":
                yield from self._moved(entry, entry.fact("to"))
            case "withdrawn" | "merged":
                self.is_merged = self.is_open and entry.kind == "merged"
                yield from self._left(entry)
            case "unmerged" if self.is_merged:
                yield self._entered(entry, entry.at)
            case "reopened" | "reopened_by_merge" if not self.is_open:
                yield from self._reopened(entry)
            case "bulk_undone":
                yield from self._undone(entry)
        if is_first_answer(entry) and self.answer is None:
            yield from self._answered(entry)
        if is_resolution(entry) and self.is_open:
            yield from self._resolved(entry)

    def _submitted(self, entry: Entry) -> Iterator[Counted]:
        yield Counted(entry.id, "volume", self.created_at, self.routed_to)
        yield self._entered(entry, self.created_at)

    def _entered(self, entry: Entry, at: datetime) -> Counted:
        self.is_open, self.is_merged = True, False
        return Counted(entry.id, "backlog", at, self.team)

    def _left(self, entry: Entry) -> Iterator[Counted]:
        if self.is_open:
            self.is_open = False
            yield Counted(entry.id, "backlog", entry.at, self.team, change=-1)

    def _moved(self, entry: Entry, to: str | None) -> Iterator[Counted]:
        before, self.team = self.team, to or self.team
        if self.is_open and before != self.team:
            yield Counted(entry.id, "backlog", entry.at, before, change=-1)
            yield Counted(entry.id, "backlog", entry.at, self.team)

    def _answered(self, entry: Entry) -> Iterator[Counted]:
        self.answer = Counted(entry.id, "first_answer", entry.at, self.team, entry.agent)
        yield self.answer
        yield Counted(entry.id, "answered_volume", self.created_at, self.routed_to, entry.agent)

    def _resolved(self, entry: Entry) -> Iterator[Counted]:
        self.resolution = Counted(entry.id, "resolution", entry.at, self.team, entry.agent)
        yield self.resolution
        yield from self._left(entry)

    def _reopened(self, entry: Entry) -> Iterator[Counted]:
        """Counts for whoever resolved it; for nobody where it was not resolved."""
        if self.resolution is not None:
            yield Counted(entry.id, "reopened", entry.at, self.resolution.team, self.resolution.agent)
        yield self._entered(entry, entry.at)

    def _undone(self, entry: Entry) -> Iterator[Counted]:
        """An action was undone: the ticket is as before, and neither its answer nor its resolution counts, since no e-mail was sent."""
        is_resolution = entry.fact("action") == "resolution"
        if is_resolution and not self.is_open and self.resolution is not None and entry.fact("state") != "resolved":
            resolution, answer = self.resolution, self.answer
            self.resolution = None
            yield replace(resolution, entry=entry.id, change=-1, undoes=resolution.entry)
            if answer is not None and answer.entry == resolution.entry:
                self.answer = None
                yield replace(answer, entry=entry.id, change=-1, undoes=answer.entry)
                yield Counted(entry.id, "answered_volume", self.created_at, self.routed_to, answer.agent, change=-1)
            yield self._entered(entry, entry.at)
        yield from self._moved(entry, entry.fact("team"))
