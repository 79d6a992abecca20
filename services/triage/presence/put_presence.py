"""Notes what a person does at a ticket, for a minute."""

from typing import Literal, get_args

from sqlalchemy import Connection, text

from services.triage.tickets.read_ticket import find_team
from shared.auth.principal import Principal

Doing = Literal["viewing", "writing"]
DOING: tuple[Doing, ...] = get_args(Doing)
COUNTS_FOR = 60.0  # seconds

# `change` grows only where others would see a difference, so that what an open page repeats reaches nobody.
_PUT = text("""
    insert into triage.presence as p (ticket, account, doing, change, until)
    values (:ticket, :account, :doing, nextval('triage.presence_changes'), clock_timestamp() + make_interval(secs => :seconds))
    on conflict (ticket, account) do update set
        doing = excluded.doing, until = excluded.until,
        change = case when p.doing is not distinct from excluded.doing and (p.doing is null or p.until > clock_timestamp())
                 then p.change else excluded.change end
""")
# Long over: a stream that was away for a short time still learns that somebody left.
_SWEEP = text("""
    delete from triage.presence where (ticket, account) in (
        select ticket, account from triage.presence where until < clock_timestamp() - interval '5 minutes'
        order by until limit 100 for update skip locked)
""")


def put_presence(connection: Connection, reference: str, person: Principal, doing: Doing | None) -> None:
    """The person views the ticket, writes at it, or (None) left. Raises NotFound, Forbidden."""
    person.require_write(find_team(connection, reference))
    connection.execute(_PUT, {"ticket": reference, "account": person.id, "doing": doing, "seconds": COUNTS_FOR})
    connection.execute(_SWEEP)
