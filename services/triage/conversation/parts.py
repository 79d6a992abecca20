"""The tickets that are read as one: a ticket, and those that were merged into it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

# The references to read for each ticket, its own first.
Parts = Mapping[str, Sequence[str]]

_MERGED = text("""
    select reference, merged_tickets from triage.tickets where reference = any(:references) and merged_tickets is not null
""")


def parts_of(rows: Iterable[Row[Any]]) -> Parts:
    """Of rows with `reference` and `merged_tickets`."""
    return {row.reference: (row.reference, *(row.merged_tickets or ())) for row in rows}


def read_parts(connection: Connection, references: Sequence[str]) -> Parts:
    """Of each of these tickets."""
    merged = parts_of(connection.execute(_MERGED, {"references": list(references)}))
    return {reference: merged.get(reference, (reference,)) for reference in references}


def all_of(parts: Parts) -> list[str]:
    """Every reference once."""
    return sorted({reference for own in parts.values() for reference in own})
