"""A mail that reached us is kept whole before anybody is told that we have it."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine, text
from uuid_utils.compat import uuid7

from services.notify.emails.ledger import state_changed
from services.notify.inbound.classify import Arrival, MailKind, kind_of
from services.notify.settings import NotifySettings
from shared.crash_points import crash_point
from shared.events.contracts import mail_received
from shared.events.log import record
from shared.storage.object_store import ObjectStore, new_object_name

MEDIA_TYPE = "message/rfc822"
FOLDER = "mail"

_KNOWN = text("select from notify.inbound_mails where digest = :digest")

_ENTER = text("""
    insert into notify.inbound_mails (id, digest, object, size, sender, recipient, kind, because, ticket, email)
    select :id, :digest, :object, :size, :sender, :recipient, :kind, :because, :ticket,
        (select id from notify.emails where id = cast(:email as uuid))
    on conflict (digest) do nothing returning id
""")

# An e-mail that is being sent right now belongs to nobody any more after this: what its sender has to say comes too late.
_BOUNCE = text("""
    with hit as (
        update notify.emails set state = 'bounced', because = :because, owner = null, leased_until = null, ownerless_since = null
        where id = :email and state <> 'bounced' returning id, ticket, kind, correlation_id, recipient
    ), listed as (
        insert into notify.suppressions (id, address, reason, source, email)
        select :suppression, lower(recipient), :because, :source, id from hit on conflict (address) do nothing
    )
    select id, ticket, kind, correlation_id from hit
""")


@dataclass(frozen=True)
class Reception:
    """What receiving needs."""

    engine: Engine
    store: ObjectStore
    settings: NotifySettings


def receive_mail(reception: Reception, arrival: Arrival) -> MailKind:
    """Store the mail, then enter it, with what it means for an e-mail of ours, in one transaction; returns its kind.

    The same mail a second time changes nothing. Raises TransientError or DBAPIError when it could not be kept; the sender must then
    be asked to come again.
    """
    settings = reception.settings
    kind = kind_of(arrival, settings.secret, settings.mail_domain)
    if _is_there(reception.engine, arrival):
        return kind  # who was not told 250 comes again, and need not fill the store
    name = new_object_name(FOLDER)
    reception.store.put(name, arrival.content, MEDIA_TYPE)
    crash_point("notify.mail_stored")
    with reception.engine.begin() as connection:
        identity = uuid7()
        if connection.execute(_ENTER, _row(identity, name, arrival, kind)).first() is None:
            return kind
        payload = {"object": name, "size": len(arrival.content), "kind": kind.kind, "reply_to": kind.ticket}
        record(connection, [mail_received(kind.ticket, str(identity), payload)])
        if kind.final and kind.email is not None:
            _bounce(connection, kind, kind.email)
    crash_point("notify.mail_entered")
    return kind


def _digest(arrival: Arrival) -> bytes:
    return hashlib.sha256(arrival.recipient.lower().encode() + b"\n" + arrival.content).digest()


def _is_there(engine: Engine, arrival: Arrival) -> bool:
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


def _bounce(connection: Connection, kind: MailKind, email: UUID) -> None:
    """The e-mail came back for good: it says so, and its address gets no more."""
    because = _storable(kind.because or kind.kind)
    source = "complaint" if kind.kind == "complaint" else "bounce"
    row = connection.execute(
        _BOUNCE, {"email": email, "because": because, "source": source, "suppression": uuid7()}
    ).first()
    if row is not None:
        record(connection, [state_changed(row.ticket, row.correlation_id, row.id, row.kind, "bounced", because)])


def _storable(words: str) -> str:
    """Text that Postgres and JSON can hold, whatever bytes a stranger sent."""
    return words.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
