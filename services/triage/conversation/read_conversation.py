"""Read the conversations of tickets, oldest entry first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.conversation.entries import IS_MESSAGE, entry_of
from services.triage.conversation.parts import Parts, all_of, read_parts

# Of a ticket that is read, and of one that is claimed.
MOST_ENTRIES = 100
MOST_OF_A_CLAIM = 20
NEWEST = 2**63 - 1

_LINES = text(f"""
    select l.*, t.message as submitted, t.name as requester_name, t.email as requester_email, t.created_at as submitted_at,
           u.email as by_email
    from triage.tickets t
    cross join lateral (
        select l.* from triage.timeline l where l.ticket = t.reference and l.id < :before and {IS_MESSAGE}
        order by l.id desc limit :most
    ) l
    left join auth.users u on u.id = l.by_id
    where t.reference = any(:references) order by l.id
""")

# A file of an agent names its entry; those of a follow-up stand in its line; the others came with the submission.
_FILES = text("""
    select f.id, f.ticket, f.name, f.media_type, f.size, f.state, f.remark,
           coalesce(f.entry, (
               select l.id from triage.timeline l where l.ticket = f.ticket and l.kind = 'followed_up'
                 and jsonb_exists(l.facts -> 'attachments', cast(f.id as text)) limit 1)) as entry
    from triage.attachments f where f.ticket = any(:references) order by f.position
""")

# The newest line of each e-mail that a message was sent with.
_EMAILS = text("""
    select distinct on (l.facts ->> 'cause') l.facts ->> 'cause' as cause, l.facts ->> 'email' as id, l.facts ->> 'state' as state
    from triage.timeline l
    where l.ticket = any(:references) and l.kind = 'email' and l.facts ->> 'cause' = any(:causes)
    order by l.facts ->> 'cause', l.id desc
""")


@dataclass(frozen=True)
class TicketFile:
    """A file of a ticket, and the timeline line it came with (None: the submission). `item`: in the contract's shape."""

    ticket: str
    entry: int | None
    item: Mapping[str, Any]


@dataclass(frozen=True)
class Conversation:
    """Entries in the contract's shape, oldest first; `before`: the cursor of those before them, None where there are none."""

    entries: Sequence[Mapping[str, Any]]
    before: int | None


def read_conversations(
    connection: Connection,
    references: Sequence[str],
    most: int = MOST_ENTRIES,
    before: int = NEWEST,
    files: Sequence[TicketFile] | None = None,
    parts: Parts | None = None,
) -> dict[str, Conversation]:
    """The newest `most` entries of each ticket, and of those merged into it, with an id below `before`, by reference.

    `files`, `parts`: of these tickets, where the caller has read them already.
    """
    parts = read_parts(connection, references) if parts is None else parts
    every = all_of(parts)
    values = {"references": every, "before": before, "most": most + 1}
    lines: dict[str, list[Row[Any]]] = defaultdict(list)
    for line in connection.execute(_LINES, values):
        lines[line.ticket].append(line)
    by_entry = _by_entry(read_files(connection, every) if files is None else files)
    emails = _emails_by_cause(connection, every, (line for found in lines.values() for line in found))
    return {
        reference: _conversation(_in_order(lines, own, most + 1), most, by_entry, emails)
        for reference, own in parts.items()
    }


def _in_order(lines: Mapping[str, Sequence[Row[Any]]], references: Sequence[str], most: int) -> Sequence[Row[Any]]:
    """The newest `most` lines of these tickets together, oldest first."""
    found = (line for reference in references for line in lines.get(reference, ()))
    return sorted(found, key=lambda line: int(line.id))[-most:]


def _conversation(
    lines: Sequence[Row[Any]],
    most: int,
    files: Mapping[Any, Sequence[Mapping[str, Any]]],
    emails: Mapping[str, Mapping[str, Any]],
) -> Conversation:
    shown = lines[-most:]
    entries = [_entry(line, files, emails) for line in shown]
    return Conversation(entries, shown[0].id if len(lines) > most else None)


def _entry(
    line: Row[Any], files: Mapping[Any, Sequence[Mapping[str, Any]]], emails: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    requester = {"name": line.requester_name, "email": line.requester_email, "created_at": line.submitted_at}
    place = line.ticket if line.kind == "routed" else line.id
    return entry_of(line, requester, files.get(place, ()), emails.get(line.facts.get("email_event", "")))


def read_files(connection: Connection, references: Sequence[str]) -> list[TicketFile]:
    """The files of the tickets, in the order in which they came."""
    rows = connection.execute(_FILES, {"references": list(references)})
    return [TicketFile(row.ticket, row.entry, _item(row)) for row in rows]


def _item(row: Row[Any]) -> dict[str, Any]:
    item = {name: getattr(row, name) for name in ("id", "name", "media_type", "size", "state", "remark")}
    return {**item, "url": f"/v1/attachments/{row.id}"}


def _by_entry(files: Sequence[TicketFile]) -> dict[Any, list[Mapping[str, Any]]]:
    """The files by the line they came with, those of a submission by its reference."""
    found: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for file in files:
        found[file.entry or file.ticket].append(file.item)
    return found


def _emails_by_cause(
    connection: Connection, references: Sequence[str], lines: Iterable[Row[Any]]
) -> dict[str, dict[str, Any]]:
    causes = [line.facts["email_event"] for line in lines if "email_event" in line.facts]
    if not causes:
        return {}
    rows = connection.execute(_EMAILS, {"references": list(references), "causes": causes})
    return {row.cause: {"id": row.id, "state": row.state} for row in rows}
