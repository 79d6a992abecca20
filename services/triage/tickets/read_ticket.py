"""Reads one ticket with its files and timeline."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.conversation.entries import IS_MESSAGE
from services.triage.conversation.parts import Parts, all_of, parts_of
from services.triage.conversation.read_conversation import MOST_ENTRIES, NEWEST, read_conversations, read_files
from services.triage.participants.list_participants import list_participants
from services.triage.presence.present import PRESENT
from services.triage.satisfaction.read_satisfaction import read_satisfaction
from services.triage.tickets.linked_tickets import linked_tickets
from services.triage.tickets.rows import COLUMNS, DECIDED, FIELDS, as_item
from shared.auth.principal import Principal
from shared.errors import Conflict, NotFound
from shared.submission_fields import CODES, NAMES, OF_REQUESTER

# A page of the timeline; the next one is read from the oldest line of this one.
MOST_LINES = 500

# The fields of a submission that a list row has not.
_OTHER_FIELDS = ", ".join(f"t.{name}" for name in NAMES if name not in (*FIELDS, "name", "email"))
_BESIDE = [name for name in CODES if name not in FIELDS]

# A reply can resolve a ticket, too; a disapproval has reasons in place of an outcome.
_TICKETS = text(f"""
    select {COLUMNS}, {_OTHER_FIELDS}, t.details, t.missing_evidence, t.ruleset,
           t.state_since, t.answered_at, t.resolved_at, t.merged_into, t.merged_tickets,
           case when t.merged_into is not null then 'duplicate' else (
            select case l.kind when 'resolved' then l.facts ->> 'outcome' when 'resolved_in_silence' then 'no_answer'
                               when 'disapproved' then 'not_solved' else 'solved' end
            from triage.timeline l
            where l.ticket = t.reference
              and (l.kind in ('resolved', 'resolved_in_silence', 'disapproved') or l.kind = 'replied' and l.facts ->> 'then' = 'resolve')
            order by l.id desc limit 1) end as outcome,
            {PRESENT} as present
    from triage.tickets t where t.reference = any(:references)
""")
_TEAM = text("select team from triage.tickets where reference = :reference")
# Of a ticket that was merged into the one that is read, the messages alone.
_LINES = text(f"""
    select latest.*, wanted.is_merged
    from unnest(cast(:references as text[]), cast(:are_merged as boolean[])) as wanted (reference, is_merged)
    cross join lateral (
        select l.id, l.ticket, l.at, l.kind, l.by, l.message, l.facts from triage.timeline l
        where l.ticket = wanted.reference and l.id < :before and (not wanted.is_merged or {IS_MESSAGE})
        order by l.id desc limit :most
    ) latest order by latest.id
""")
_FILE = text("""
    select f.object, f.name, f.media_type, f.state, t.team, s.team as surviving_team
    from triage.attachments f join triage.tickets t on t.reference = f.ticket
    left join triage.tickets s on s.reference = t.merged_into where f.id = :id
""")
_DUPLICATES = text(f"""
    select {COLUMNS} from triage.search s join triage.tickets t on t.reference = s.ticket
    where s.email = (select email from triage.search where ticket = :reference)
      and s.category = (select category from triage.tickets where reference = :reference)
      and s.ticket <> :reference and t.team = any(:teams) and t.merged_into is null
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
    """The ticket with its files, and with the newest part of its timeline and of its conversation older than the line `before`.

    Raises NotFound, Forbidden.
    """
    team_of(connection, reference, principal)
    return ticket_as_it_is(connection, reference, before)


def ticket_as_it_is(connection: Connection, reference: str, before: int = NEWEST) -> dict[str, Any]:
    """As read_ticket, for a caller that has checked already that the ticket may be read."""
    return tickets_as_they_are(connection, [reference], before=before)[reference]


def tickets_as_they_are(
    connection: Connection, references: Sequence[str], most_entries: int = MOST_ENTRIES, before: int = NEWEST
) -> dict[str, dict[str, Any]]:
    """Several tickets that the caller may read, by reference, each with the newest `most_entries` of its conversation."""
    rows = connection.execute(_TICKETS, {"references": list(references)}).all()
    parts = parts_of(rows)
    files = read_files(connection, all_of(parts))
    lines = _read_lines(connection, parts, before)
    links = linked_tickets(connection, references)
    participants = list_participants(connection, references)
    satisfaction = read_satisfaction(connection, references)
    conversations = read_conversations(connection, references, most_entries, before, files, parts)
    return {
        row.reference: {
            **_ticket(row),
            "attachments": [file.item for file in files if file.ticket in parts[row.reference]],
            **participants[row.reference],
            "timeline": [_line(line) for line in lines[row.reference]],
            "links": links[row.reference],
            "satisfaction": satisfaction.get(row.reference),
            "conversation": list(conversations[row.reference].entries),
            "conversation_before": conversations[row.reference].before,
        }
        for row in rows
    }


def _read_lines(connection: Connection, parts: Parts, before: int) -> dict[str, Sequence[Row[Any]]]:
    """The newest lines of each ticket's timeline, among them the messages of those merged into it."""
    wanted = sorted({(each, each != reference) for reference, own in parts.items() for each in own})
    values = {"references": [each for each, _ in wanted], "are_merged": [is_merged for _, is_merged in wanted]}
    found = defaultdict(list)
    for line in connection.execute(_LINES, values | {"before": before, "most": MOST_LINES}):
        found[line.ticket, line.is_merged].append(line)
    lines = {
        reference: [line for each in own for line in found[each, each != reference]] for reference, own in parts.items()
    }
    return {reference: sorted(own, key=lambda line: int(line.id))[-MOST_LINES:] for reference, own in lines.items()}


def as_readable(ticket: dict[str, Any], reader: Principal) -> dict[str, Any]:
    """The whole ticket for those who may read it. An agent whose ticket went to another team learns where it went, and nothing that the
    other team writes later."""
    return ticket if reader.may_read(ticket["team"]) else {name: ticket[name] for name in DECIDED}


def _ticket(row: Row[Any]) -> dict[str, Any]:
    return {
        **as_item(row),
        "message": row.message,
        "requester": {name: getattr(row, name) for name in OF_REQUESTER},
        "details": row.details,
        "missing_evidence": row.missing_evidence,
        "ruleset": row.ruleset,
        **{name: getattr(row, name) for name in _BESIDE},
        "version": row.version,
        "outcome": row.outcome if row.state == "resolved" else None,
        "present": row.present,
    }


def _line(line: Row[Any]) -> dict[str, Any]:
    """A timeline entry; `text`: what is new in its message, `quoted`: what an e-mail repeats, `automatic`: written by a program."""
    return {
        "id": line.id,
        "reference": line.ticket,
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


def find_attachment(connection: Connection, attachment: UUID, principal: Principal) -> tuple[str, str, str, str]:
    """Object, name, media type and state of a file. Raises NotFound, Forbidden, Conflict (quarantined)."""
    row = connection.execute(_FILE, {"id": attachment}).one_or_none()
    if row is None:
        raise NotFound("There is no such attachment.")
    if row.surviving_team is None or not principal.may_read(row.surviving_team):
        principal.require_read(row.team)
    if row.state == "quarantined":
        raise Conflict("This file is quarantined.")
    return row.object, row.name, row.media_type, row.state
