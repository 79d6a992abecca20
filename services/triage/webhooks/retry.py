"""When a failed call is retried, and retrying one at once."""

from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.webhooks.call import Answer
from services.triage.webhooks.registration import team_of_webhook
from shared.auth.principal import Principal
from shared.errors import Conflict, NotFound
from shared.storage.leases import RELEASE, STILL_OURS

# Seconds before each retry: 10 s before the first, an hour from the sixth on.
RETRY_AFTER_SECONDS = (10, 30, 60, 300, 900, 3600)
GIVE_UP_AFTER = "3 days"

_RETRY_LATER = text(f"""
    update triage.webhook_calls
    set failing_since = coalesce(failing_since, clock_timestamp()), last_status = :status, last_error = :error,
        {RELEASE}, due_at = clock_timestamp() + make_interval(secs => :wait),
        state = case when failing_since < clock_timestamp() - cast(:limit as interval) then 'failed' else 'queued' end
    where id = :id and {STILL_OURS} and state = 'queued'
""")
_STATE = text("select state from triage.webhook_calls where id = :call and webhook = :webhook for update")
_RETRY_NOW = text("""
    update triage.webhook_calls
    set state = 'queued', due_at = clock_timestamp(), attempts = 0, failing_since = null, delivered_at = null
    where id = :call
""")


def retry_later(connection: Connection, call: int, owner: UUID, attempts: int, answer: Answer) -> None:
    """Record the failed attempt and schedule the next; give up on a call that has failed for GIVE_UP_AFTER.

    Changes nothing if the lease of `owner` was lost.
    """
    wait = RETRY_AFTER_SECONDS[min(attempts, len(RETRY_AFTER_SECONDS)) - 1]
    outcome = {"status": answer.status, "error": answer.error, "wait": wait, "limit": GIVE_UP_AFTER}
    connection.execute(_RETRY_LATER, {"id": call, "owner": owner, **outcome})


def retry_now(connection: Connection, webhook: UUID, call: int, principal: Principal) -> None:
    """Make a delivered or failed call due once more. Raises NotFound, Forbidden, Conflict for one that is queued."""
    principal.require_write(team_of_webhook(connection, webhook))
    state = connection.execute(_STATE, {"webhook": webhook, "call": call}).scalar_one_or_none()
    if state is None:
        raise NotFound("This webhook has no such call.")
    if state == "queued":
        raise Conflict("This call is still queued.")
    connection.execute(_RETRY_NOW, {"call": call})
