"""For what is sent to a ticket that was merged into another: the surviving ticket."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

_SURVIVING = text("""
    select reference, merged_into from triage.tickets where reference = any(:references) and merged_into is not null
""")
_SEARCH_AGAIN = text("insert into triage.search_pending (ticket) values (:ticket)")
# A ticket that its requester withdrew stays withdrawn when it is separated.
_WITHDRAW_BEFORE = text("""
    update triage.merges set before = before || '{"state": "withdrawn", "respond_by": null}' where ticket = :ticket
""")


def surviving_of(connection: Connection, references: Sequence[str]) -> dict[str, str]:
    """Of those that were merged, the ticket that the matter continues in, by reference."""
    rows = connection.execute(_SURVIVING, {"references": list(references)})
    return {row.reference: row.merged_into for row in rows}


def search_again(connection: Connection, reference: str) -> None:
    """Have a ticket found by the words of one that was merged into it."""
    connection.execute(_SEARCH_AGAIN, {"ticket": reference})


def withdraw_merged(connection: Connection, reference: str) -> None:
    """Remember that the requester of a merged ticket withdrew it."""
    connection.execute(_WITHDRAW_BEFORE, {"ticket": reference})
