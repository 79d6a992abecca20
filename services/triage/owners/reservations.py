"""Reservations: what a requester answers waits a while for the person who wrote last."""

from datetime import datetime

from sqlalchemy import Connection, text

from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.rules.engine.deadline import respond_by
from services.triage.tickets.lock import LockedTicket

STEP = 200

# The times of use are written once a minute, so an hour is one to the minute.
_IS_AVAILABLE = text("""
    select exists (
        select from auth.users u
        where u.id = :person and u.disabled_at is null
          and exists (select from auth.memberships m where m.user_id = u.id and m.team in (cast(:team as text), '*'))
          and not exists (select from triage.away a where a.person = u.id)
          and (exists (select from auth.sessions s
                       where s.user_id = u.id and s.last_used_at > clock_timestamp() - interval '1 hour')
               or exists (select from auth.tokens k
                          where k.user_id = u.id and k.revoked_at is null
                            and k.last_used_at > clock_timestamp() - interval '1 hour')))
""")

# Skips locked rows; the next call finds them.
_END = text("""
    with ended as (
        select reference from triage.tickets
        where state = 'open' and reserved_until is not null and reserved_until <= statement_timestamp()
          and (cast(:team as text) is null or team = :team)
        order by reserved_until limit :step for update skip locked
    )
    update triage.tickets t set reserved_until = null from ended where t.reference = ended.reference
""")


def reserved_until(
    connection: Connection, ruleset: CompiledRuleset, ticket: LockedTicket, minutes: float, due: datetime | None
) -> datetime | None:
    """Until when a ticket that opens now is its owner's: so many working minutes of its team's calendar, and not beyond the time `due`
    of its answer. None for a ticket of nobody, and for an owner who is not at work."""
    if ticket.owner is None or minutes <= 0:
        return None
    person = {"person": ticket.owner, "team": ticket.team}
    if not connection.execute(_IS_AVAILABLE, person).scalar_one():
        return None
    terms = ruleset.document.teams.get(ticket.team)
    until = respond_by(ticket.now, f"{max(round(minutes * 60), 1)}s", terms.calendar if terms else None)
    return min(until, due) if until and due else until


def end_reservations(connection: Connection, team: str | None = None) -> int:
    """Let everybody claim up to STEP tickets (of one team, if given) whose reservation is over. Returns how many."""
    return connection.execute(_END, {"team": team, "step": STEP}).rowcount
