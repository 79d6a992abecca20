"""Proposes the participants of a merged ticket for the surviving one. None takes part by it: an agent decides."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

_PROPOSE = text("""
    insert into triage.proposed_participants (ticket, address, email)
    select :into, address, email from triage.participants where ticket = :ticket
    on conflict do nothing returning address
""")
_WITHDRAW = text("delete from triage.proposed_participants where ticket = :ticket and address = any(:addresses)")


def propose_those_of(connection: Connection, ticket: str, into: str) -> list[str]:
    """Propose them. Returns the addresses that were not proposed before."""
    return list(connection.execute(_PROPOSE, {"ticket": ticket, "into": into}).scalars())


def withdraw_proposals(connection: Connection, ticket: str, addresses: Sequence[str]) -> None:
    """Propose these no more."""
    if addresses:
        connection.execute(_WITHDRAW, {"ticket": ticket, "addresses": list(addresses)})
