"""The list row of a ticket."""

from typing import Any

from sqlalchemy import Row

from services.triage.conversation.entries import (
    INTERNAL,
    IS_MESSAGE,
    NEWEST_TURN,
    last_from,
    snippet_of,
)


def _of_all(one: str) -> str:
    """SQL: the subquery `one` on the lines or files `l` of a ticket `t` and, where others were merged into it, of all of them.

    `{of}` in it stands for the condition on the reference, `{submitted}` for the message of the line's ticket.
    """
    alone = one.format(of="= t.reference", submitted="t.message")
    theirs = "(select m.message from triage.tickets m where m.reference = l.ticket)"
    together = one.format(of="= any(t.reference || t.merged_tickets)", submitted=theirs)
    return f"case when t.merged_tickets is null then ({alone}) else ({together}) end"


_ATTACHMENT_COUNT = _of_all("select count(*) from triage.attachments l where l.ticket {of}")
_UPDATED_AT = _of_all("select l.at from triage.timeline l where l.ticket {of} order by l.id desc limit 1")
_NEWEST = _of_all(f"""
    select jsonb_build_object('kind', l.kind, 'text', left(
        regexp_replace(case when l.kind = 'routed' then {{submitted}} else l.message end, '\\s+', ' ', 'g'), 500))
    from triage.timeline l where l.ticket {{of}} and l.kind <> '{INTERNAL}' and {IS_MESSAGE}
    order by l.id desc limit 1
""")

# A ticket whose lease has ended is shown as open, even before the timer opens it. What stands elsewhere is looked up for the rows of
# the page alone, so that no message needs to update its ticket.
COLUMNS = f"""
    t.reference, t.subject, t.category, t.team, t.priority, t.tags, t.locale, t.created_at, t.respond_by, t.sequence, t.version,
    t.name, t.email,
    case when t.state = 'claimed' and t.lease_expires_at <= clock_timestamp() then 'open' else t.state end as state,
    case when t.state = 'claimed' and t.lease_expires_at > clock_timestamp() then t.claimed_by end as claimed_by,
    case when t.state = 'open' and t.reserved_until > clock_timestamp() then t.reserved_until end as reserved_until,
    case when t.state = 'snoozed' then t.snoozed_until end as snoozed_until,
    (select jsonb_build_object('email', u.email, 'name', u.name) from auth.users u where u.id = t.owner) as owner,
    {_ATTACHMENT_COUNT} as attachment_count,
    {_UPDATED_AT} as updated_at,
    {_NEWEST} as newest,
    case when t.owner is not null and t.state in ('open', 'claimed') then {NEWEST_TURN} end as newest_turn
"""

# What was submitted, and what the rules or an agent decided of it at once.
DECIDED = (
    "reference",
    "subject",
    "category",
    "team",
    "state",
    "priority",
    "tags",
    "locale",
    "created_at",
    "respond_by",
)
# The columns that a row shows as they are.
FIELDS = (*DECIDED, "claimed_by", "attachment_count", "owner", "reserved_until", "snoozed_until")


def as_item(row: Row[Any]) -> dict[str, Any]:
    """The contract's list row of a ticket."""
    return {
        **{name: getattr(row, name) for name in FIELDS},
        "requester": {"name": row.name, "email": row.email},
        "snippet": snippet_of(row.newest),
        "last_from": last_from(row.newest),
        "updated_at": row.updated_at or row.created_at,
    }
