"""Mails that reached us, and tickets that go on from resolved ones."""

from alembic import op

revision = "intake_0002"
down_revision = "intake_0001"
branch_labels = None
depends_on = None

SCHEMA = """
create table intake.inbound_mails (
    object         text primary key,
    kind           text not null check (kind in ('reply', 'automatic', 'unknown', 'unreadable')),
    ticket         text,
    size           bigint not null,
    correlation_id text not null,
    received_at    timestamptz not null,
    state          text not null default 'waiting'
                   check (state in ('waiting', 'taken_in', 'opened', 'pointed', 'ignored', 'repeated', 'unreadable')),
    because        text,
    reference      text references intake.submissions,
    address        text,
    fingerprint    bytea,
    settled_at     timestamptz,
    attempts       integer not null default 0,
    not_before     timestamptz not null default clock_timestamp(),
    owner          bigint,
    leased_until   timestamptz
);
comment on column intake.inbound_mails.object is 'where the whole mail lies in the store';
comment on column intake.inbound_mails.ticket is 'the ticket whose reply address it came to';
comment on column intake.inbound_mails.reference is 'the ticket that it was taken into, or that it opened';
comment on column intake.inbound_mails.address is 'who it says it is from, lower-cased, without +tag';
comment on column intake.inbound_mails.fingerprint is 'what makes two mails the same mail: Message-ID, sender, words and files';
create index inbound_mails_waiting on intake.inbound_mails (not_before) where state = 'waiting';
create index inbound_mails_unreadable on intake.inbound_mails (received_at) where state = 'unreadable';
create index inbound_mails_same on intake.inbound_mails (fingerprint) where fingerprint is not null;
create index inbound_mails_pointed on intake.inbound_mails (settled_at) where state = 'pointed';

alter table intake.submissions add status_since timestamptz not null default now(),
    add follows text references intake.submissions;
comment on column intake.submissions.follows is 'the ticket that this one goes on from';
alter table intake.follow_ups add continued_by text references intake.submissions;
comment on column intake.follow_ups.continued_by is 'the ticket that it opened, since its own was done with';
"""


def upgrade() -> None:
    """Create and add."""
    op.execute(SCHEMA)
