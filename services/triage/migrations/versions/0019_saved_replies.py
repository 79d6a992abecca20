"""Saved replies, and messages that are sent later."""

from alembic import op

revision = "0019"
down_revision = "0018"

TABLES = """
create table triage.saved_replies (
    id         uuid primary key,
    name       text not null,
    team       text,
    owner      uuid,
    texts      jsonb not null,
    actions    jsonb not null default '{}',
    uses       bigint not null default 0,
    used_at    timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    check (team is null or owner is null)
);
comment on table triage.saved_replies is 'Texts that agents insert into their messages: a team''s, a person''s own, or everybody''s.';
comment on column triage.saved_replies.team is 'whose team''s it is; null: everybody''s, or the owner''s own';
comment on column triage.saved_replies.owner is 'the account of the only person who uses it; null: a team''s or everybody''s';
comment on column triage.saved_replies.texts is 'CommonMark with placeholders, by language';
comment on column triage.saved_replies.uses is 'how many messages made from it were sent';
create index saved_replies_of_team on triage.saved_replies (team, id) where team is not null;
create index saved_replies_of_owner on triage.saved_replies (owner, id) where owner is not null;
create index saved_replies_shared on triage.saved_replies (id) where team is null and owner is null;

create table triage.scheduled_messages (
    id          uuid primary key,
    ticket      text collate "C" not null,
    writer      uuid not null,
    writer_name text not null,
    action      text not null,
    content     jsonb not null,
    uploads     uuid[] not null default '{}',
    kind        text not null check (kind in ('undo', 'later')),
    claim       uuid,
    version     bigint,
    seen        bigint,
    line        bigint,
    due_at      timestamptz not null,
    state       text not null default 'scheduled' check (state in ('scheduled', 'draft')),
    because     text,
    created_at  timestamptz not null default clock_timestamp()
);
comment on table triage.scheduled_messages is
    'Actions that write to the requester and run at a later time, and drafts of those that did not run. A row is deleted by what runs it.';
comment on column triage.scheduled_messages.content is 'the fields of the action''s form, and what is applied with it';
comment on column triage.scheduled_messages.uploads is 'files of the message, which are kept as long as it is';
comment on column triage.scheduled_messages.line is 'the newest timeline entry that its form showed, by which a repeat is recognised';
comment on column triage.scheduled_messages.because is 'of a draft: why it was not sent; null: its writer cancelled it';
create index scheduled_messages_due on triage.scheduled_messages (due_at) where state = 'scheduled';
create index scheduled_messages_of_ticket on triage.scheduled_messages (ticket);
create index scheduled_messages_of_writer on triage.scheduled_messages (writer, created_at);
create index scheduled_messages_uploads on triage.scheduled_messages using gin (uploads) where uploads <> '{}';
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(TABLES)
