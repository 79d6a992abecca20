"""The ledger of e-mails, their attempts, the suppression list, the threads of tickets and the circuit breaker."""

from alembic import op

revision = "0001"
down_revision = None

SCHEMA = """
create table notify.threads (
    ticket          text primary key,
    category        text not null,
    team            text not null,
    recipient       text not null,
    locale          text not null,
    key_number      integer not null,
    acknowledgement text not null,
    created_at      timestamptz not null default clock_timestamp()
);
comment on table notify.threads is 'What notify must know of a ticket to write to its requester again.';
comment on column notify.threads.acknowledgement is 'the Message-ID that later e-mails refer to';

create table notify.emails (
    id              uuid primary key,
    ticket          text,
    kind            text not null,
    event_id        uuid not null,
    correlation_id  text not null,
    team            text,
    recipient       text not null,
    recipient_key   text not null,
    locale          text not null,
    subject         text not null,
    text            text not null,
    html            text not null,
    headers         jsonb not null,
    message_id      text not null,
    envelope_from   text not null,
    key_number      integer,
    state           text not null check (state in
        ('queued', 'sending', 'sent', 'deferred', 'failed', 'bounced', 'suppressed')),
    because         text,
    attempts        integer not null default 0,
    not_before      timestamptz not null default clock_timestamp(),
    deferred_since  timestamptz,
    last_attempt    uuid,
    owner           bigint,
    leased_until    timestamptz,
    ownerless_since timestamptz,
    created_at      timestamptz not null default clock_timestamp(),
    sent_at         timestamptz,
    unique (event_id, kind),
    check ((state = 'sending') = (owner is not null))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
comment on column notify.emails.key_number is 'the status link is written in when sent or shown: no table holds a key';
comment on column notify.emails.ownerless_since is 'when a sender''s lock was first seen to be free';
create index emails_due on notify.emails (not_before, id) where state in ('queued', 'deferred');
create index emails_sending on notify.emails (leased_until) where state = 'sending';
create index emails_of_ticket on notify.emails (ticket, id) where ticket is not null;
create index emails_by_state on notify.emails (state, id) where state in ('deferred', 'failed', 'bounced', 'suppressed');
create index emails_by_recipient on notify.emails (lower(recipient), id);
create index acknowledgements_by_address on notify.emails (recipient_key, created_at) where kind = 'acknowledgement';

create table notify.email_attempts (
    id      uuid primary key,
    email   uuid not null references notify.emails (id),
    at      timestamptz not null default clock_timestamp(),
    stage   text not null,
    outcome text not null,
    code    integer,
    words   text not null
);
create index attempts_of_email on notify.email_attempts (email, at);

create table notify.suppressions (
    id         uuid primary key,
    address    text not null unique check (address = lower(address)),
    reason     text not null,
    source     text not null check (source in ('person', 'refused', 'bounce', 'complaint')),
    email      uuid references notify.emails (id),
    created_at timestamptz not null default clock_timestamp()
);

create table notify.gate (
    single   boolean primary key default true check (single),
    state    text not null default 'open' check (state in ('open', 'outage', 'misconfigured')),
    because  text,
    since    timestamptz not null default clock_timestamp(),
    probe_at timestamptz not null default clock_timestamp()
);
comment on table notify.gate is 'One row: whether the SMTP server takes mail. While it is not open, one sender at a time may probe.';
insert into notify.gate default values;
"""


def upgrade() -> None:
    """Create the schema's tables."""
    op.execute(SCHEMA)
