"""What came of trying to send an e-mail, written once: the ledger's row, the attempt with the server's words, the event."""

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from services.notify.ledger import state_changed
from services.notify.outcome import Outcome
from services.notify.taking import Taken
from shared.events.log import record

_SETTLE = text("""
    with done as (
        update notify.emails set state = :state, because = :because, attempts = attempts + :counted,
            not_before = clock_timestamp() + make_interval(secs => :wait),
            deferred_since = case when :state in ('deferred', 'queued') and (:counted = 1 or deferred_since is not null)
                then coalesce(deferred_since, clock_timestamp()) end,
            sent_at = case when :state = 'sent' then clock_timestamp() else sent_at end,
            last_attempt = :attempt, owner = null, leased_until = null, ownerless_since = null
        where id = :id and last_attempt is distinct from :attempt
          and (owner = :owner or (:state = 'sent' and state <> 'bounced'))
        returning id, recipient
    ), tried as (
        insert into notify.email_attempts (id, email, stage, outcome, code, words)
        select :attempt, id, :stage, :outcome, cast(:code as integer), :words from done where :counted = 1
    ), listed as (
        insert into notify.suppressions (id, address, reason, source, email)
        select :suppression, lower(recipient), :words, 'refused', id from done where :refused on conflict (address) do nothing
    )
    select id from done
""")


def settle(connection: Connection, email: Taken, outcome: Outcome) -> bool:
    """Write the outcome in the caller's transaction. False when it was written before, or the e-mail is no longer its owner's.

    That it was sent is true whoever holds it, so that is written in any case.
    """
    parameters = {
        "id": email.id,
        "owner": email.owner,
        "state": outcome.state,
        "because": outcome.because,
        "counted": int(outcome.counted),
        "wait": outcome.wait,
        "attempt": outcome.attempt,
        "stage": outcome.stage,
        "outcome": outcome.state,
        "code": outcome.code,
        "words": outcome.words,
        "refused": outcome.refused,
        "suppression": uuid7(),
    }
    if connection.execute(_SETTLE, parameters).first() is None:
        return False
    if outcome.told:
        event = state_changed(email.ticket, email.correlation_id, email.id, email.kind, outcome.state, outcome.because)
        record(connection, [event])
    return True
