"""Reads one ticket with its files and timeline."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.tickets.rows import COLUMNS, FIELDS, as_item
from shared.auth.principal import Principal
from shared.errors import Conflict, NotFound
from shared.submission_fields import CODES, NAMES, OF_REQUESTER

# A page of the timeline; the next one is read from the oldest line of this one.
MOST_LINES = 500
NEWEST = 2**63 - 1

# The fields of a submission that a list row has not.
_OTHER_FIELDS = ", ".join(f"t.{name}" for name in NAMES if name not in FIELDS)
_BESIDE = [name for name in CODES if name not in FIELDS]

_TICKET = text(f"""
    select {COLUMNS}, {_OTHER_FIELDS}, t.details, t.missing_evidence, t.ruleset,
           t.state_since, t.answered_at, t.resolved_at
    from triage.tickets t where t.reference = :reference
""")
_TEAM = text("select team from triage.tickets where reference = :reference")
_FILES = text("""
    select id, name, media_type, size, state, remark from triage.attachments where ticket = :reference order by position
""")
_LINES = text("""
    select * from (
        select id, at, kind, by, message, facts from triage.timeline
        where ticket = :reference and id < :before order by id desc limit :most
    ) latest order by id
""")
_FILE = text("""
    select f.object, f.name, f.media_type, f.state, t.team
    from triage.attachments f join triage.tickets t on t.reference = f.ticket where f.id = :id
""")
_DUPLICATES = text(f"""
    select {COLUMNS} from triage.search s join triage.tickets t on t.reference = s.ticket
    where s.email = (select email from triage.search where ticket = :reference)
      and s.category = (select category from triage.tickets where reference = :reference)
      and s.ticket <> :reference and t.team = any(:teams)
    order by s.sequence desc limit 5
""")


def find_team(connection: Connection, reference: str) -> str:
    """The ticket's team. Raises NotFound."""
    team: str | None = connection.execute(_TEAM, {"reference": reference}).scalar_one_or_none()
    if team is None:
        raise NotFound("There is no such ticket.")
    return team


def team_of(connection: Connection, reference: str, principal: Principal) -> str:
    """The ticket's team, which `principal` may read. Raises NotFound, Forbidden."""
    team = find_team(connection, reference)
    principal.require_read(team)
    return team


def read_ticket(connection: Connection, reference: str, principal: Principal, before: int = NEWEST) -> dict[str, Any]:
    """The ticket with its files and the newest MOST_LINES of its timeline older than `before`. Raises NotFound, Forbidden."""
    team_of(connection, reference, principal)
    return ticket_as_it_is(connection, reference, before)


def ticket_as_it_is(connection: Connection, reference: str, before: int = NEWEST) -> dict[str, Any]:
    """As read_ticket, for a caller that has checked already that the ticket may be read."""
    row = connection.execute(_TICKET, {"reference": reference}).one()
    return {
        **as_item(row),
        "message": row.message,
        "requester": {name: getattr(row, name) for name in OF_REQUESTER},
        "details": row.details,
        "missing_evidence": row.missing_evidence,
        "ruleset": row.ruleset,
        **{name: getattr(row, name) for name in _BESIDE},
        "version": row.version,
        "attachments": [
            {**dict(file._mapping), "url": f"/v1/attachments/{file.id}"}
            for file in connection.execute(_FILES, {"reference": reference})
        ],
        "timeline": [
            _line(line)
            for line in connection.execute(_LINES, {"reference": reference, "before": before, "most": MOST_LINES})
        ],
    }


def _line(line: Row[Any]) -> dict[str, Any]:
    """A timeline entry; `text`: what is new in its message, `quoted`: what an e-mail repeats, `automatic`: written by a program."""
    return {
        "id": line.id,
        "at": line.at,
        "kind": line.kind,
        "by": line.by,
        "message": line.message,
        "text": line.message,
        "quoted": line.facts.get("quoted"),
        "automatic": bool(line.facts.get("automatic")),
        "facts": line.facts,
    }


def likely_duplicates(
    connection: Connection, reference: str, principal: Principal, teams: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The newest other tickets of the same address on the same path, as list rows, at most five. Raises NotFound, Forbidden."""
    team_of(connection, reference, principal)
    rows = connection.execute(_DUPLICATES, {"reference": reference, "teams": list(principal.readable(teams))})
    return [as_item(row) for row in rows]


def find_attachment(connection: Connection, attachment: UUID, principal: Principal) -> tuple[str, str, str]:
    """Object, name and media type of a file. Raises NotFound, Forbidden, Conflict (quarantined)."""
    row = connection.execute(_FILE, {"id": attachment}).one_or_none()
    if row is None:
        raise NotFound("There is no such attachment.")
    principal.require_read(row.team)
    if row.state == "quarantined":
        raise Conflict("This file is quarantined.")
    return row.object, row.name, row.media_type
