"""Server-sent events made of changes. Pure.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.triage.live.changes import Changes, Tracks
from services.triage.notifications.notify_person import MENTION
from shared.auth.principal import Principal

# A line without a field keeps proxies from ending a quiet stream.
PING = b": still here\n\n"
RETRY_MILLISECONDS = 2_000


@dataclass(frozen=True)
class LiveEvent:
    """An event for those who may read the team's tickets; with an `account`, for that person alone."""

    name: str
    data: dict[str, str]
    id: str
    team: str
    account: object = None

    @property
    def text(self) -> bytes:
        """As it is sent."""
        return f"event: {self.name}\nid: {self.id}\ndata: {json.dumps(self.data)}\n\n".encode()


def events_of(changes: Changes, tracks: Tracks, now: float) -> list[LiveEvent]:
    """The events of these changes, one a ticket and one a queue; `tracks` move on with them.

    Each names the position that is reached with it. The queues come first and still name the one before: who continues from there gets the
    tickets again rather than miss one.
    """
    before = str(tracks.position)
    queues = {team: None for line in changes.lines for team in (line.left_team, line.team) if team}
    events = [LiveEvent("queue.changed", {"team": team}, f"{before}.q", team) for team in queues]
    tickets: dict[str, LiveEvent] = {}
    for line in changes.lines:
        tracks.lines.read(line.id, now)
        tickets.pop(line.ticket, None)
        data = {"reference": line.ticket, "team": line.team}
        tickets[line.ticket] = LiveEvent("ticket.changed", data, str(tracks.position), line.team)
    events += tickets.values()
    for one in changes.notifications:
        tracks.notifications.read(one.id, now)
        name = one.kind if one.kind == MENTION else "notification"
        data = {"reference": one.ticket, "kind": one.kind}
        events.append(LiveEvent(name, data, str(tracks.position), one.team, one.account))
    for presence in changes.presence:
        tracks.presence = presence.id
        events.append(LiveEvent("presence", {"reference": presence.ticket}, str(tracks.position), presence.team))
    return events


def for_reader(events: Iterable[LiveEvent], reader: Principal) -> bytes:
    """Those of the events that this person may see, as they are sent."""
    return b"".join(
        event.text for event in events if event.account in (None, reader.id) and reader.may_read(event.team)
    )


@dataclass
class Chunks:
    """What each reader gets of some events: made once for all who may see the same."""

    events: Sequence[LiveEvent]
    _made: dict[object, bytes] = field(default_factory=dict)

    def of(self, reader: Principal) -> bytes:
        """As for_reader."""
        is_addressed = any(event.account == reader.id for event in self.events)
        key = (reader.role, reader.teams, reader.scopes, reader.id if is_addressed else None)
        if key not in self._made:
            self._made[key] = for_reader(self.events, reader)
        return self._made[key]


def opening(position: object) -> bytes:
    """The first bytes of a stream: where it begins, for a reader that is cut off before the first event."""
    return f": connected\nretry: {RETRY_MILLISECONDS}\nid: {position}\n\n".encode()


def resync(position: object) -> bytes:
    """Too much was missed, or it is not known what: read everything anew."""
    return f"event: resync\nid: {position}\ndata: {{}}\n\n".encode()
