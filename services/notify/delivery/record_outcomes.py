"""Record the outcomes of sending: the ledger's rows, the attempts with the server's replies, the events."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from services.notify.delivery.lease import LeasedEmail
from services.notify.delivery.outcome import Outcome
from services.notify.emails.ledger import state_changed
from shared.events.log import record
from shared.storage.leases import RELEASE

_RECORD = text(f"""
    with given as (
        select * from jsonb_to_recordset(cast(:outcomes as jsonb)) as o (id uuid, owner bigint, state text, because text,
            counted integer, wait double precision, attempt uuid, stage text, code integer, words text, suppresses boolean,
            suppression uuid)
    ), done as (
        update notify.emails e set state = g.state, because = g.because, attempts = e.attempts + g.counted,
            not_before = clock_timestamp() + make_interval(secs => g.wait),
            deferred_since = case when g.state in ('deferred', 'queued') and (g.counted = 1 or e.deferred_since is not null)
                then coalesce(e.deferred_since, clock_timestamp()) end,
            sent_at = case when g.state = 'sent' then clock_timestamp() else e.sent_at end,
            last_attempt = g.attempt, {RELEASE}, ownerless_since = null
        from given g
        where e.id = g.id and e.last_attempt is distinct from g.attempt
          and (e.owner = g.owner or (g.state = 'sent' and e.state <> 'bounced'))
        returning e.id, e.recipient
    ), tried as (
        insert into notify.email_attempts (id, email, stage, outcome, code, words)
        select attempt, id, stage, state, code, words from given g join done using (id) where g.counted = 1
    ), suppressed as (
        insert into notify.suppressions (id, address, reason, source, email)
        select g.suppression, lower(done.recipient), g.words, 'refused', id from given g join done using (id) where g.suppresses
        on conflict (address) do nothing
    )
    select id from done
""")


def record_outcomes(connection: Connection, outcomes: Sequence[tuple[LeasedEmail, Outcome]]) -> None:
    """Write outcomes in the caller's transaction. One that was written before, or whose e-mail has another owner, changes nothing.

    That an e-mail was sent is true whoever owns it, so it is written in any case.
    """
    document = json.dumps([_row(email, outcome) for email, outcome in outcomes])
    done = set(connection.execute(_RECORD, {"outcomes": document}).scalars())
    events = [
        state_changed(email, outcome.state, outcome.because)
        for email, outcome in outcomes
        if outcome.announced and email.id in done
    ]
    record(connection, events)


def _row(email: LeasedEmail, outcome: Outcome) -> dict[str, object]:
    return {
        "id": str(email.id),
        "owner": email.owner,
        "state": outcome.state,
        "because": outcome.because,
        "counted": int(outcome.counted),
        "wait": outcome.wait,
        "attempt": str(outcome.attempt),
        "stage": outcome.stage,
        "code": outcome.code,
        "words": outcome.words,
        "suppresses": outcome.suppresses,
        "suppression": str(uuid7()),
    }
