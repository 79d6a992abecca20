"""Live updates: one-use tokens of streams, who is at which ticket, and notifications.

Presence is unlogged: it counts for a minute, so a crash may lose it. Its sequence is not, since streams continue from its numbers.
"""

from alembic import op

revision = "0023"
down_revision = "0022"

SCHEMA = """
create table triage.live_tokens (
    hash bytea primary key,
    account uuid not null,
    credential text not null,
    credential_hash bytea,
    expires_at timestamptz not null
);
create index live_tokens_by_age on triage.live_tokens (expires_at);
comment on table triage.live_tokens is 'Tokens that open one stream of live updates each; deleted when they are used.';
comment on column triage.live_tokens.credential is 'session, token or account: with what the stream ends';
comment on column triage.live_tokens.credential_hash is 'of the session or of the bearer token; null for an account';

create sequence triage.presence_changes;
create unlogged table triage.presence (
    ticket text not null,
    account uuid not null,
    doing text,
    change bigint not null,
    until timestamptz not null,
    primary key (ticket, account)
);
create index presence_by_change on triage.presence (change);
create index presence_by_age on triage.presence (until);
comment on table triage.presence is 'Who views a ticket or writes at it.';
comment on column triage.presence.doing is 'null: they left, which streams are told of';
comment on column triage.presence.change is 'of triage.presence_changes, anew with every change that others are to see';

create table triage.notifications (
    id bigint generated always as identity primary key,
    account uuid not null,
    kind text not null,
    ticket text not null,
    facts jsonb not null default '{}',
    at timestamptz not null default clock_timestamp(),
    read_at timestamptz,
    mailed_at timestamptz
);
create index notifications_of_account on triage.notifications (account, id);
create index notifications_unread on triage.notifications (account, id) where read_at is null;
create index notifications_to_mail on triage.notifications (at) where kind = 'mention' and read_at is null and mailed_at is null;
create index notifications_by_age on triage.notifications (at);
comment on table triage.notifications is 'What a person is to hear of; kept for 90 days.';
comment on column triage.notifications.mailed_at is 'when an e-mail was asked for, or found to be pointless; of mentions alone';
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute(SCHEMA)
