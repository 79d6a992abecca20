"""Bulks: one action on many tickets, its results, and what an undo restores."""

from alembic import op

revision = "0020"
down_revision = "0019"

TABLES = """
create table triage.bulks (
    id          uuid primary key default gen_random_uuid(),
    by_id       uuid not null,
    created_by  text not null,
    scopes      text[],
    source      text not null,
    action      jsonb not null,
    state       text not null default 'queued' check (state in ('queued', 'running', 'done', 'cancelled', 'failed')),
    step        integer not null default 0,
    done        integer not null default 0,
    total       integer not null,
    created_at  timestamptz not null default clock_timestamp(),
    touched_at  timestamptz not null default '-infinity',
    finished_at timestamptz,
    undo_until  timestamptz,
    undone_at   timestamptz,
    undone_by   uuid,
    undone_name text,
    undone_scopes text[],
    error       text
);
comment on table triage.bulks is 'One action on many tickets, and its undo, which runs as a second pass over the same tickets.';
comment on column triage.bulks.scopes is 'of the token that it was asked with; null: no narrowing';
comment on column triage.bulks.step is 'counts the chunks; a message names the one it is for, so that a second one does nothing';
comment on column triage.bulks.done is 'the number of the last ticket that is done in this pass';
comment on column triage.bulks.touched_at is 'when a chunk was last sent to the worker or finished; one long ago is sent again';
comment on column triage.bulks.undo_until is 'ten minutes after the first chunk began; null: not begun, or never undone';
create index bulks_under_way on triage.bulks (touched_at) where state in ('queued', 'running');
create index bulks_by_age on triage.bulks (created_at);

create table triage.bulk_tickets (
    bulk      uuid not null references triage.bulks on delete cascade,
    number    integer not null,
    ticket    text collate "C" not null,
    status    text check (status in ('done', 'skipped', 'failed')),
    why       text,
    before    jsonb,
    after     jsonb,
    primary key (bulk, number)
);
comment on column triage.bulk_tickets.before is 'the ticket before the action; null: nothing to undo';

create table triage.undone_lines (line bigint primary key);
comment on table triage.undone_lines is 'Timeline lines whose action was undone: reports and conversations leave them out.';

alter table triage.uploads add bulk uuid;
comment on column triage.uploads.bulk is 'the bulk that uses it for each of its tickets';

alter table triage.unsent_messages add not_before timestamptz not null default '-infinity';
comment on column triage.unsent_messages.not_before is 'the earliest time to record the event; infinity: the bulk is being undone';
create index unsent_messages_due on triage.unsent_messages (not_before, entry);

alter table triage.service_pending add change smallint not null default 1;
comment on column triage.service_pending.change is '-1 takes back what was counted before the action was undone';
"""


def upgrade() -> None:
    """Create the tables, and the columns of those that a bulk needs."""
    op.execute(TABLES)
