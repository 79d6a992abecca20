"""Merges several tickets of one requester into the oldest of them."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.actions.access import Actor
from services.triage.claims.own_claims import own_claims
from services.triage.merging.merge import merge
from services.triage.merging.read_selection import MOST_AT_ONCE, read_selection
from services.triage.merging.stored import lock_found

_TOGETHER = text("""
    select unnest(reference || merged_tickets) from triage.tickets where reference = any(:references)
""")


def merge_into_oldest(connection: Connection, references: Sequence[str], actor: Actor, silent: bool = False) -> str:
    """The surviving ticket. The actor's own claims count without being named.

    Raises what read_selection and merge raise: then none is to be merged.
    """
    wanted = list(dict.fromkeys(references))[:MOST_AT_ONCE]
    lock_found(connection, lambda: list(connection.execute(_TOGETHER, {"references": wanted}).scalars()))
    selection = read_selection(connection, references, actor.principal)
    oldest = str(selection.oldest.reference)
    claims = own_claims(connection, wanted, actor.principal)
    for other in selection.others:
        claim = claims.get(other.reference)
        by = replace(actor, claim=UUID(claim) if claim else None)
        merge(connection, other.reference, by, oldest, silent, claims.get(oldest))
    return oldest
