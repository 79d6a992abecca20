"""Send all e-mails of a state again, for example after the receiving server was fixed."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.notify.emails.addresses import SUPPRESSED_ADDRESS
from services.notify.emails.ledger import RESENT_TO, state_changed
from shared.events.log import record

# One transaction locks each of their tickets, so it must stay short; the caller repeats the call for more.
MOST = 500

_RESEND = text(f"""
    with chosen as (
        select e.id from notify.emails e left join notify.threads t on t.ticket = e.ticket
        where e.state = :state and e.headers <> '{{}}'
          and (e.state <> 'suppressed' or starts_with(e.because, :suppressed_address))
          and (cast(:kind as text) is null or e.kind = :kind)
          and (cast(:teams as text[]) is null or coalesce(t.team, e.team) = any(cast(:teams as text[])))
        order by e.id limit :most for update of e skip locked
    )
    update notify.emails e set state = 'queued', because = :because, attempts = 0, deferred_since = null,
        not_before = clock_timestamp(), {RESENT_TO}
    from chosen where e.id = chosen.id
    returning e.id, e.ticket, e.kind, e.correlation_id, e.event_id, e.participant
""")
_BECAUSE = "sent again by hand, with all of its state"


def resend_emails(connection: Connection, state: str, kind: str | None, teams: Sequence[str] | None) -> int:
    """Queue up to MOST e-mails of `state` again, oldest first; returns how many.

    `teams` (None: all): whose e-mails the caller may send. Left out: what could not be made into a message, and what a limit or a
    setting suppressed, which sent all at once would be the flood that the limits prevent.
    """
    parameters = {"state": state, "kind": kind, "teams": None if teams is None else list(teams)}
    rows = connection.execute(
        _RESEND, {**parameters, "because": _BECAUSE, "most": MOST, "suppressed_address": SUPPRESSED_ADDRESS}
    ).all()
    events = [state_changed(one, "queued", _BECAUSE) for one in rows]
    record(connection, events)
    return len(rows)
