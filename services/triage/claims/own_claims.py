"""Finds the claims that a person has on tickets."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.auth.principal import Principal

_OWN = text("""
    select ticket, id from triage.claims
    where ticket = any(:tickets) and holder = :holder and ended_at is null and lease_expires_at > clock_timestamp()
""")


def own_claims(connection: Connection, tickets: Sequence[str], principal: Principal) -> dict[str, str]:
    """The live claims of the principal on these tickets, by reference."""
    rows = connection.execute(_OWN, {"tickets": list(tickets), "holder": str(principal.id)})
    return {row.ticket: str(row.id) for row in rows}
