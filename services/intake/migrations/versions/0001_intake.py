"""Intake's tables."""

from alembic import op

revision = "intake_0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = """
create table intake.submissions (
    reference        text primary key,
    submitted_at     timestamptz not null default clock_timestamp(),
    correlation_id   text not null,
    category         text not null,
    locale           text not null,
    platform         text,
    country          text,
    catalog          integer not null,
    address          text,
    personal         jsonb,
    key_number       integer not null default 1,
    first_missing    text[] not null default '{}',
    missing_evidence text[] not null default '{}',
    status           text not null default 'received'
                     check (status in ('received', 'needs_evidence', 'with_team', 'answered', 'resolved', 'withdrawn')),
    team             text,
    answer_by        timestamptz,
    status_event     bigint not null default 0,
    mail_state       text,
    mail_because     text
);
comment on column intake.submissions.address is 'lower-cased e-mail address without +tag; null once the person is forgotten';
comment on column intake.submissions.personal is 'everything a person wrote or is; null once the person is forgotten';
comment on column intake.submissions.status_event is 'the newest event that set the status: an older one that comes late changes nothing';
create index submissions_of_address on intake.submissions (address, submitted_at desc) where address is not null;

create table intake.follow_ups (
    id         uuid primary key,
    reference  text not null references intake.submissions,
    sent_at    timestamptz not null default clock_timestamp(),
    content    bytea not null,
    personal   jsonb
);
create index follow_ups_of_ticket on intake.follow_ups (reference, sent_at);

create table intake.attachments (
    id           uuid primary key,
    reference    text not null references intake.submissions,
    follow_up    uuid references intake.follow_ups,
    added_at     timestamptz not null default clock_timestamp(),
    object       text not null unique,
    name         text,
    media_type   text not null,
    size         integer not null,
    sha256       text not null,
    state        text not null default 'pending' check (state in ('pending', 'clean', 'not_scanned', 'quarantined')),
    because      text,
    attempts     integer not null default 0,
    not_before   timestamptz not null default clock_timestamp(),
    owner        bigint,
    leased_until timestamptz
);
comment on column intake.attachments.sha256 is 'of the bytes as sent, also after the object was replaced by a re-encoded copy';
create index attachments_of_ticket on intake.attachments (reference, added_at);
create index attachments_pending on intake.attachments (not_before) where state = 'pending';

create table intake.idempotency (
    kind       text not null check (kind in ('key', 'form', 'content')),
    digest     bytea not null,
    content    bytea not null,
    reference  text not null,
    taken_at   timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    primary key (kind, digest)
);
comment on table intake.idempotency is
    'which ticket a key, a form token or a content stands for; a row past expires_at stands for nothing';
create index idempotency_expired on intake.idempotency (expires_at) where expires_at is not null;

create table intake.staged_uploads (
    id         uuid primary key,
    holder     bytea not null,
    network    text not null,
    staged_at  timestamptz not null default clock_timestamp(),
    object     text not null unique,
    name       text not null,
    media_type text not null,
    size       integer not null,
    sha256     text not null
);
comment on column intake.staged_uploads.holder is 'sha256 of the token that the page holds: only that page can use or remove the file';
create index staged_uploads_by_age on intake.staged_uploads (staged_at);
create index staged_uploads_of_network on intake.staged_uploads (network, staged_at);

create table intake.form_tokens (
    id         uuid primary key,
    name       text not null unique,
    digest     bytea not null unique,
    per_minute integer not null check (per_minute > 0),
    made_at    timestamptz not null default clock_timestamp(),
    revoked_at timestamptz
);
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(SCHEMA)
