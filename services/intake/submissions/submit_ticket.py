"""Accept a submission: exactly one ticket is made of it, however often and concurrently it is sent."""

from psycopg.errors import IntegrityError

from services.intake.attachments.store import keep_file
from services.intake.submissions.direct_connections import DirectConnections
from services.intake.submissions.event import StoredFile, submitted_event
from services.intake.submissions.idempotency import (
    CONTENT_LIVES,
    KEY_LIVES,
    Earlier,
    Keys,
    find_earlier,
    keys_of,
    parameters,
    remember_form,
)
from services.intake.submissions.submission import Receipt, Sender, Submission
from shared.auth.blocked_senders import IS_BLOCKED, sender_of, senders_of
from shared.catalog.evidence import missing_evidence
from shared.catalog.model import Catalog
from shared.crash_points import crash_point
from shared.errors import Unavailable, Unprocessable
from shared.events.log import FIRST_EVENT, first_event_values
from shared.mail.addresses import folded_address
from shared.storage.object_store import ObjectStore
from shared.submission_fields import CODES
from shared.ticket_keys import new_reference

_COLUMNS = ", ".join(CODES)
_VALUES = ", ".join(f"%({name})s" for name in CODES)

KEY_USED = "This key came with another submission before."
# For two rare causes, a reference that is in use (40 random bits) and a key that expires between two statements: the next try succeeds.
_TRIES = 4

# One statement and so one transaction: keys, submission, attachment, event with its deliveries. Beyond a bare insert it costs its
# planning alone (docs/operate/performance.md). `earlier` and whether the sender is blocked are read here too, to spare a round trip.
_ACCEPT = f"""
with known_form as (
    select 1 from intake.idempotency where kind = 'form' and digest = %(form)s
), by_key as (
    insert into intake.idempotency as held (kind, digest, content, reference, expires_at)
    select 'key', %(key)s, %(content_of_submission)s, %(reference)s, clock_timestamp() + interval '{KEY_LIVES}'
    where cast(%(key)s as bytea) is not null
    on conflict (kind, digest) do update
        set content = excluded.content, reference = excluded.reference, taken_at = excluded.taken_at, expires_at = excluded.expires_at
        where held.expires_at <= clock_timestamp()
    returning 1
), by_content as (
    insert into intake.idempotency as held (kind, digest, content, reference, expires_at)
    select 'content', %(content)s, %(content_of_submission)s, %(reference)s, clock_timestamp() + interval '{CONTENT_LIVES}'
    where case when cast(%(key)s as bytea) is null then not exists (select from known_form) else exists (select from by_key) end
    on conflict (kind, digest) do update
        set content = excluded.content, reference = excluded.reference, taken_at = excluded.taken_at, expires_at = excluded.expires_at
        where held.expires_at <= clock_timestamp() or cast(%(key)s as bytea) is not null
    returning 1
), by_form as (
    insert into intake.idempotency (kind, digest, content, reference)
    select 'form', %(form)s, %(content_of_submission)s, %(reference)s from by_content where cast(%(form)s as bytea) is not null
), submission as (
    insert into intake.submissions (reference, correlation_id, {_COLUMNS}, catalog, address, personal,
                                    first_missing, missing_evidence)
    select %(reference)s, %(correlation_id)s, {_VALUES},
           %(catalog)s, %(address)s, cast(%(personal)s as jsonb), cast(%(missing)s as text[]), cast(%(missing)s as text[])
    from by_content
    returning submitted_at
), file as (
    insert into intake.attachments (id, reference, object, name, media_type, size, sha256, state)
    select %(file_id)s, %(reference)s, %(object)s, %(file_name)s, %(media_type)s, %(size)s, %(sha256)s, %(file_state)s
    from submission where cast(%(file_id)s as uuid) is not null
), earlier as (
    select coalesce(jsonb_agg(jsonb_build_object('category', category, 'submitted_at', submitted_at)), '[]') as tickets
    from (select category, submitted_at from intake.submissions
          where address = %(address)s and submitted_at > now() - interval '90 days'
          order by submitted_at desc limit 50) as newest_first
), first as (
    select cast(%(payload)s as jsonb) || jsonb_build_object(
        'earlier_tickets', earlier.tickets, 'submitted_at', submission.submitted_at
    ) || case when {IS_BLOCKED} then jsonb_build_object('blocked', true) else '{{}}' end as payload
    from submission, earlier
), {FIRST_EVENT}
select id from logged
"""


def submit_ticket(
    connections: DirectConnections, store: ObjectStore, catalog: Catalog, submission: Submission, sender: Sender
) -> Receipt:
    """The receipt of a submission; the first one where it had been accepted before.

    Nothing is accepted before the one transaction committed, and everything is after. Raises Unprocessable when the key came with
    another submission, Unavailable when the store is away and there is a file, TransientError when Postgres is.
    """
    keys = keys_of(submission, sender)
    if submission.file is not None and (earlier := earlier_ticket(connections, keys)):
        return _replayed(earlier)  # a retry need not fill the store again
    file = keep_file(store, submission.file)
    for _ in range(_TRIES):
        receipt = _accept(connections, catalog, submission, sender, keys, file)
        if receipt is not None:
            return receipt
        if earlier := earlier_ticket(connections, keys):
            return _replayed(earlier)
    raise Unavailable("The submission could not be accepted just now. Please try again.")


def earlier_ticket(connections: DirectConnections, keys: Keys) -> Earlier | None:
    """The ticket that was made of this submission before, if any. Raises TransientError when Postgres is away."""
    earlier = find_earlier(connections, keys)
    if earlier is not None and not earlier.other_content:
        remember_form(connections, keys, earlier.reference)
    crash_point("intake.submission_recognised")
    return earlier


def _replayed(earlier: Earlier) -> Receipt:
    if earlier.other_content:
        raise Unprocessable({"Idempotency-Key": [KEY_USED]}, KEY_USED)
    # The same answer, so the key that it held: whoever sent it once gets no renewed one by sending it again.
    return Receipt(earlier.reference, earlier.category, earlier.first_missing, 1, replayed=True)


def _accept(
    connections: DirectConnections,
    catalog: Catalog,
    submission: Submission,
    sender: Sender,
    keys: Keys,
    file: StoredFile | None,
) -> Receipt | None:
    """The one transaction; None when the submission or the reference was there before."""
    reference = new_reference()
    media_types = [file.checked.media_type] if file else []
    missing = missing_evidence(catalog.categories[submission.category], submission.details, media_types)
    files = [file] if file else []
    event = submitted_event(catalog, reference, submission, sender.correlation_id, missing, files, sender.source)
    if sender.by_mail is not None:
        event = event.extended(sender.by_mail.codes(), sender.by_mail.words())
    values = {
        **parameters(keys),
        **first_event_values(event.event),
        **{name: submission.fields[name] for name in CODES},
        "catalog": catalog.number,
        "address": folded_address(submission.email),
        "personal": event.personal_json(),
        "missing": f"{{{','.join(missing)}}}",
        "senders": senders_of([sender_of(event.event.personal or {})]),
        **StoredFile.values(file),
    }
    crash_point("intake.submission_checked")
    try:
        recorded = connections.row(_ACCEPT, values)
    except IntegrityError:
        return None
    crash_point("intake.submission_accepted")
    return Receipt(reference, submission.category, missing, 1, replayed=False) if recorded else None
