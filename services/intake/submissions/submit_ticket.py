"""Accept a note: exactly one ticket for it, however often and from however many hands it comes at once."""

from psycopg.errors import IntegrityError

from services.intake.attachments.store import keep_file
from services.intake.submissions.direct_connections import DirectConnections
from services.intake.submissions.event import StoredFile, submitted_event
from services.intake.submissions.idempotency import (
    CONTENT_LIVES,
    KEY_LIVES,
    Claims,
    Earlier,
    claims_of,
    find_earlier,
    parameters,
    remember_form,
)
from services.intake.submissions.submission import Note, Receipt, Sender, folded_address
from shared.catalog.evidence import missing_evidence
from shared.catalog.model import Catalog
from shared.crash_points import crash_point
from shared.errors import Unavailable, Unprocessable
from shared.events.log import FIRST_EVENT, first_event_values
from shared.storage.object_store import ObjectStore
from shared.ticket_keys import new_reference

KEY_TAKEN = "This key came with another note before."
# A reference that is taken (40 random bits), a claim that expired while we looked: each passes at the next try.
_TRIES = 4

# One statement and so one transaction: claims, submission, attachment, event with its deliveries. What stands between us and a
# bare insert is this statement's planning alone (design: speed). `earlier` is read here as well, to spare a round trip.
_ACCEPT = f"""
with known_form as (
    select 1 from intake.idempotency where kind = 'form' and digest = %(form)s
), by_key as (
    insert into intake.idempotency as held (kind, digest, content, reference, expires_at)
    select 'key', %(key)s, %(content_of_note)s, %(reference)s, clock_timestamp() + interval '{KEY_LIVES}'
    where cast(%(key)s as bytea) is not null
    on conflict (kind, digest) do update
        set content = excluded.content, reference = excluded.reference, taken_at = excluded.taken_at, expires_at = excluded.expires_at
        where held.expires_at <= clock_timestamp()
    returning 1
), by_content as (
    insert into intake.idempotency as held (kind, digest, content, reference, expires_at)
    select 'content', %(content)s, %(content_of_note)s, %(reference)s, clock_timestamp() + interval '{CONTENT_LIVES}'
    where case when cast(%(key)s as bytea) is null then not exists (select from known_form) else exists (select from by_key) end
    on conflict (kind, digest) do update
        set content = excluded.content, reference = excluded.reference, taken_at = excluded.taken_at, expires_at = excluded.expires_at
        where held.expires_at <= clock_timestamp() or cast(%(key)s as bytea) is not null
    returning 1
), by_form as (
    insert into intake.idempotency (kind, digest, content, reference)
    select 'form', %(form)s, %(content_of_note)s, %(reference)s from by_content where cast(%(form)s as bytea) is not null
), submission as (
    insert into intake.submissions (reference, correlation_id, category, locale, platform, country, catalog, address, personal,
                                    first_missing, missing_evidence)
    select %(reference)s, %(correlation_id)s, %(category)s, %(locale)s, %(platform)s, %(country)s,
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
        'earlier_tickets', earlier.tickets, 'submitted_at', submission.submitted_at) as payload
    from submission, earlier
), {FIRST_EVENT}
select id from logged
"""


def submit_ticket(
    connections: DirectConnections, store: ObjectStore, catalog: Catalog, note: Note, sender: Sender
) -> Receipt:
    """The receipt of a note; of the first time where it had come before.

    Nothing is accepted before the one transaction committed, and everything is after. Raises Unprocessable when the key stands for
    another note, Unavailable when the store is away and there is a file, TransientError when Postgres is.
    """
    claims = claims_of(note, sender)
    if note.file is not None and (earlier := earlier_ticket(connections, claims)):
        return _replayed(earlier)  # a retry need not fill the store again
    file = keep_file(store, note.file)
    for _ in range(_TRIES):
        receipt = _accept(connections, catalog, note, sender, claims, file)
        if receipt is not None:
            return receipt
        if earlier := earlier_ticket(connections, claims):
            return _replayed(earlier)
    raise Unavailable("The note could not be taken just now. Please try again.")


def earlier_ticket(connections: DirectConnections, claims: Claims) -> Earlier | None:
    """The ticket that this note already is, if any. Raises TransientError when Postgres is away."""
    earlier = find_earlier(connections, claims)
    if earlier is not None and not earlier.other_content:
        remember_form(connections, claims, earlier.reference)
    crash_point("intake.submission_recognised")
    return earlier


def _replayed(earlier: Earlier) -> Receipt:
    if earlier.other_content:
        raise Unprocessable({"Idempotency-Key": [KEY_TAKEN]}, KEY_TAKEN)
    return Receipt(earlier.reference, earlier.category, earlier.first_missing, earlier.key_number, replayed=True)


def _accept(
    connections: DirectConnections,
    catalog: Catalog,
    note: Note,
    sender: Sender,
    claims: Claims,
    file: StoredFile | None,
) -> Receipt | None:
    """The one transaction; None when the note was there before, or the reference was."""
    reference = new_reference()
    media_types = [file.checked.media_type] if file else []
    missing = missing_evidence(catalog.categories[note.category], note.details, media_types)
    event = submitted_event(catalog, reference, note, sender.correlation_id, missing, [file] if file else [])
    if sender.by_mail is not None:
        event = event.telling({"source": "email"}, sender.by_mail.words())
    values = {
        **parameters(claims),
        **first_event_values(event.event),
        "category": note.category,
        "locale": note.locale,
        "platform": note.platform,
        "country": note.country,
        "catalog": catalog.number,
        "address": folded_address(note.email),
        "personal": event.personal_json(),
        "missing": f"{{{','.join(missing)}}}",
        **StoredFile.values(file),
    }
    crash_point("intake.submission_checked")
    try:
        recorded = connections.row(_ACCEPT, values)
    except IntegrityError:
        return None
    crash_point("intake.submission_accepted")
    return Receipt(reference, note.category, missing, 1, replayed=False) if recorded else None
