"""All e-mails of a state go out again: after an outage on the other side was mended, say."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.notify.emails.ledger import state_changed
from services.notify.emails.suppression_reason import ON_THE_LIST
from shared.events.log import record

# One transaction holds a lock on each of their tickets, so it stays short; who wants more calls again.
MOST = 500

_RESEND = text("""
    with chosen as (
        select e.id from notify.emails e left join notify.threads t on t.ticket = e.ticket
        where e.state = :state and e.headers <> '{}'
          and (e.state <> 'suppressed' or starts_with(e.because, :listed))
          and (cast(:kind as text) is null or e.kind = :kind)
          and (cast(:teams as text[]) is null or coalesce(t.team, e.team) = any(cast(:teams as text[])))
        order by e.id limit :most for update of e skip locked
    )
    update notify.emails e set state = 'queued', because = :because, attempts = 0, deferred_since = null,
        not_before = clock_timestamp()
    from chosen where e.id = chosen.id
    returning e.id, e.ticket, e.kind, e.correlation_id
""")
_BECAUSE = "sent again by hand, with all of its state"


def resend_emails(connection: Connection, state: str, kind: str | None, teams: Sequence[str] | None) -> int:
    """Queue up to MOST e-mails of `state` once more, oldest first; returns how many.

    `teams` (None: all) are those whose e-mails the caller may send. What was never a message is left alone, and so is what the caps
    of an address or a setting held back: sent all at once it would be the flood that they are there against.
    """
    parameters = {"state": state, "kind": kind, "teams": None if teams is None else list(teams)}
    rows = connection.execute(_RESEND, {**parameters, "because": _BECAUSE, "most": MOST, "listed": ON_THE_LIST}).all()
    events = [state_changed(one.ticket, one.correlation_id, one.id, one.kind, "queued", _BECAUSE) for one in rows]
    record(connection, events)
    return len(rows)
