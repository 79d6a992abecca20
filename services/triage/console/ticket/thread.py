"""A ticket's conversation with what happened between its messages, oldest first."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from services.triage.actions.add_note import NOTED
from services.triage.console.ticket.files import File
from services.triage.console.timeline.timeline_entries import EMAIL_STATES, TROUBLE, TimelineEntry
from services.triage.tickets.read_ticket import MOST_LINES

Entry = Mapping[str, Any]
FileOf = Callable[[Mapping[str, Any]], File]

_BY_SOURCE = {"email": "by e-mail", "api": "by the API"}


@dataclass(frozen=True)
class Message:
    """One message. `entry`: as in the conversation; `kind`: theirs, ours or note; `words`: what its writer did with it; `is_new`: it came
    while the reader wrote."""

    shown_as: ClassVar[str] = "message"
    entry: Entry
    kind: str
    who: str
    words: str
    files: Sequence[File]
    is_new: bool

    @property
    def email_words(self) -> str | None:
        """The state of the e-mail that it was sent with."""
        email = self.entry["email"]
        return f"e-mail {EMAIL_STATES.get(email['state'], email['state'])}" if email else None

    @property
    def has_trouble(self) -> bool:
        """Whether that e-mail did not arrive."""
        return bool(self.entry["email"] and self.entry["email"]["state"] in TROUBLE)


@dataclass(frozen=True)
class Event:
    """What happened, as a line of its own."""

    shown_as: ClassVar[str] = "event"
    entry: TimelineEntry


@dataclass
class Events:
    """Several events in a row, folded."""

    shown_as: ClassVar[str] = "events"
    entries: list[TimelineEntry] = field(default_factory=list)


def thread(
    ticket: Mapping[str, Any], entries: Sequence[TimelineEntry], file_of: FileOf, new: Collection[int]
) -> Sequence[Message | Event | Events]:
    """`ticket`: as read_ticket returns it; `entries`: its timeline as sentences; `new`: ids of entries to mark.

    Trouble, reasons that somebody wrote and what the requester did stay visible. A submission of a ticket that an agent opened may be
    empty; it is no message then.
    """
    first = first_shown(ticket) or 0
    messages = {entry["id"]: entry for entry in ticket["conversation"]}
    items: list[Message | Event | Events] = []
    for line in entries:
        if line.id < first:
            continue
        message = messages.get(line.id)
        if message is not None and not _is_empty_submission(message):
            items.append(_message(message, line, file_of, line.id in new))
        # The routing of a merged ticket is told on its own page.
        if message is None or (message["kind"] == "submission" and message["reference"] == ticket["reference"]):
            _add_event(items, line)
    return [Event(one.entries[0]) if isinstance(one, Events) and len(one.entries) == 1 else one for one in items]


def _is_empty_submission(entry: Entry) -> bool:
    return entry["kind"] == "submission" and not (entry["text"] or entry["quoted"] or entry["attachments"])


def first_shown(ticket: Mapping[str, Any]) -> int | None:
    """The line before which there is more that the page does not show; None: it shows the beginning."""
    lines, before = ticket["timeline"], ticket["conversation_before"]
    cut = [int(lines[0]["id"])] if len(lines) == MOST_LINES else []
    return max([*cut, *([int(before)] if before is not None else [])], default=None)


def _message(entry: Entry, line: TimelineEntry, file_of: FileOf, is_new: bool) -> Message:
    author = entry["author"]
    kind = "note" if entry["kind"] == "note" else "theirs" if author["role"] == "requester" else "ours"
    who = author["name"] or author["email"] or "The system"
    source = _BY_SOURCE.get(entry["source"], "")
    # That it is a note, its mark tells.
    of_note = "" if line.words == NOTED else line.words
    words = {"submission": source, "note": of_note}.get(entry["kind"], line.words)
    return Message(entry, kind, who, words, [file_of(file) for file in entry["attachments"]], is_new)


def _add_event(items: list[Message | Event | Events], line: TimelineEntry) -> None:
    if line.kind in ("trouble", "theirs") or line.message:
        items.append(Event(line))
        return
    if not (items and isinstance(items[-1], Events)):
        items.append(Events())
    last = items[-1]
    if isinstance(last, Events):
        last.entries.append(line)
