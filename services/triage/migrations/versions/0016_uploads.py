"""Files of an agent's own, and the messages that wait until their files are checked."""

from alembic import op

revision = "0016"
down_revision = "0015"

TABLES = """
create table triage.uploads (
    id           uuid primary key,
    uploader     uuid not null,
    object       text not null unique,
    name         text not null,
    media_type   text not null,
    size         integer not null,
    sha256       text not null,
    state        text not null check (state in ('pending', 'clean', 'not_scanned', 'quarantined')),
    because      text,
    frames       integer,
    attempts     integer not null default 0,
    not_before   timestamptz not null default clock_timestamp(),
    owner        bigint,
    leased_until timestamptz,
    created_at   timestamptz not null default clock_timestamp(),
    used_at      timestamptz
);
comment on table triage.uploads is
    'Files that an agent may attach to one message or note. A day later the row is deleted, of an unused one the object too.';
comment on column triage.uploads.sha256 is 'of the bytes as sent, also after the object was replaced by a re-encoded copy';
create index uploads_pending on triage.uploads (not_before) where state = 'pending';
create index uploads_by_age on triage.uploads (created_at);

create table triage.unsent_messages (
    entry      bigint primary key,
    ticket     text collate "C" not null,
    version    bigint not null,
    event      jsonb not null,
    created_at timestamptz not null default clock_timestamp()
);
comment on table triage.unsent_messages is 'Events of agents'' messages that are recorded once their files are checked.';
comment on column triage.unsent_messages.entry is 'the timeline entry of the message';
comment on column triage.unsent_messages.version is 'of the ticket, directly after the message';

-- Of uploads alone: a requester's files are found by their id.
create index attachments_of_uploads on triage.attachments (object) where object like 'uploads/%';
"""


def upgrade() -> None:
    """Create the tables, and an index."""
    op.execute(TABLES)
