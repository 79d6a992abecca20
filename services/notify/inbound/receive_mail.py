"""Store a mail whole and enter it, before its sender is answered 250."""

import hashlib
from uuid import UUID

from sqlalchemy import Connection, Engine, text
from uuid_utils.compat import uuid7

from services.notify.deps import Deps
from services.notify.emails.ledger import RESENT_TO, state_changed
from services.notify.inbound.classify_mail import Arrival, MailKind, classify_mail
from shared.crash_points import crash_point
from shared.events.contracts import mail_received
from shared.events.log import record
from shared.storage.object_store import new_object_name

MEDIA_TYPE = "message/rfc822"
FOLDER = "mail"

_KNOWN = text("select from notify.inbound_mails where digest = :digest")

_ENTER = text("""
    insert into notify.inbound_mails (id, digest, object, size, sender, recipient, kind, because, ticket, email)
    select :id, :digest, :object, :size, :sender, :recipient, :kind, :because, :ticket,
        (select id from notify.emails where id = cast(:email as uuid))
    on conflict (digest) do nothing returning id
""")

# An e-mail that is being sent loses its owner here: its sender's outcome is then ignored.
_BOUNCE = text("""
    with hit as (
        update notify.emails set state = 'bounced', because = :because, owner = null, leased_until = null, ownerless_since = null
        where id = :email and state <> 'bounced' returning id, ticket, kind, correlation_id, event_id, recipient, participant
    ), suppressed as (
        insert into notify.suppressions (id, address, reason, source, email)
        select :suppression, lower(recipient), :because, :source, id from hit where :final on conflict (address) do nothing
    )
    select id, ticket, kind, correlation_id, event_id, participant from hit
""")
# What a bounce reported stands among the attempts. A full mailbox, or a server that gave up after temporary errors, gets the same
# message once more a day later.
_ADD_ATTEMPT = text("""
    insert into notify.email_attempts (id, email, stage, outcome, words)
    select :id, id, 'bounce', :outcome, :because from notify.emails where id = :email
""")
_RETRY = text(f"""
    update notify.emails e
    set state = 'deferred', because = :because, not_before = clock_timestamp() + interval '24 hours', deferred_since = clock_timestamp(),
        owner = null, leased_until = null, ownerless_since = null, {RESENT_TO}
    where id = :email and state = 'sent'
      and not exists (select from notify.email_attempts a where a.email = e.id and a.stage = 'bounce' and a.outcome = 'deferred')
    returning id, ticket, kind, correlation_id, event_id, participant
""")


def receive_mail(deps: Deps, arrival: Arrival) -> MailKind:
    """Store the mail, then enter it, and mark the e-mail that it is a bounce of, in one transaction; returns its kind.

    The same mail a second time changes nothing. Raises TransientError or DBAPIError when it could not be stored; its sender must
    then be asked to try again.
    """
    settings = deps.settings
    kind = classify_mail(arrival, settings.secret, settings.mail_domain)
    if _is_known(deps.engine, arrival):
        return kind  # a sender that missed our 250 sends it again, which must not fill the store
    name = new_object_name(FOLDER)
    deps.store.put(name, arrival.content, MEDIA_TYPE)
    crash_point("notify.mail_stored")
    with deps.engine.begin() as connection:
        identity = uuid7()
        if connection.execute(_ENTER, _row(identity, name, arrival, kind)).first() is None:
            return kind
        payload = {"object": name, "size": len(arrival.content), "kind": kind.kind, "reply_to": kind.ticket}
        record(connection, [mail_received(kind.ticket, str(identity), payload)])
        if kind.result is not None and kind.email is not None:
            _record_bounce(connection, kind, kind.email)
    crash_point("notify.mail_entered")
    return kind


def _digest(arrival: Arrival) -> bytes:
    return hashlib.sha256(arrival.recipient.lower().encode() + b"\n" + arrival.content).digest()


def _is_known(engine: Engine, arrival: Arrival) -> bool:
    with engine.connect() as connection:
        return connection.execute(_KNOWN, {"digest": _digest(arrival)}).first() is not None


def _row(identity: UUID, name: str, arrival: Arrival, kind: MailKind) -> dict[str, object]:
    return {
        "id": identity,
        "digest": _digest(arrival),
        "object": name,
        "size": len(arrival.content),
        "sender": _storable(arrival.sender),
        "recipient": _storable(arrival.recipient),
        "kind": kind.kind,
        "because": _storable(kind.because) if kind.because else None,
        "ticket": kind.ticket,
        "email": kind.email,
    }


def _record_bounce(connection: Connection, kind: MailKind, email: UUID) -> None:
    """Mark the e-mail as the bounce says, and suppress its recipient where that will never accept mail."""
    because = _storable(kind.because or kind.kind)
    given = {"email": email, "because": because}
    if kind.result == "delayed":
        connection.execute(_ADD_ATTEMPT, {**given, "id": uuid7(), "outcome": "delayed"})
        return
    row = connection.execute(_RETRY, given).first() if kind.result == "retry" else None
    if row is not None:
        connection.execute(_ADD_ATTEMPT, {**given, "id": uuid7(), "outcome": "deferred"})
        record(connection, [state_changed(row, "deferred", because)])
        return
    source = "complaint" if kind.kind == "complaint" else "bounce"
    final = {"final": kind.result == "final", "source": source, "suppression": uuid7()}
    row = connection.execute(_BOUNCE, {**given, **final}).first()
    if row is not None:
        record(connection, [state_changed(row, "bounced", because)])


def _storable(words: str) -> str:
    """Text that PostgreSQL and JSON can hold, whatever bytes were sent."""
    return words.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
