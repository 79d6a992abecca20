"""Tickets that belong together: which continues which, which was merged into which, which concern the same matter."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, text

_LINKS = text("""
    select ticket, other as reference, relation from triage.ticket_links where ticket = any(:references)
    union all
    select other, ticket, case relation when 'continues' then 'continued_by' else relation end
    from triage.ticket_links where other = any(:references)
    union all
    select reference, merged_into, 'merged_into' from triage.tickets where reference = any(:references) and merged_into is not null
    union all
    select reference, unnest(merged_tickets), 'merged_from' from triage.tickets
    where reference = any(:references) and merged_tickets is not null
    order by 2
""")
_ADD = text("""
    insert into triage.ticket_links (ticket, other, relation)
    select * from unnest(cast(:tickets as text[]), cast(:others as text[]), cast(:relations as text[]))
    on conflict do nothing
""")


def linked_tickets(connection: Connection, references: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """The links of each ticket, in the contract's shape, by reference."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in connection.execute(_LINKS, {"references": list(references)}):
        found[row.ticket].append({"reference": row.reference, "relation": row.relation})
    return found


def link_tickets(connection: Connection, links: Sequence[tuple[str, str, str]]) -> None:
    """Store links (ticket, other, relation), each once."""
    if links:
        tickets, others, relations = zip(*links, strict=True)
        values = {"tickets": list(tickets), "others": list(others), "relations": list(relations)}
        connection.execute(_ADD, values)
