"""Webhooks and the calls they are owed."""

from alembic import op

revision = "0002"
down_revision = "0001"

SCHEMA = """
create table triage.webhooks (
    id         uuid primary key default gen_random_uuid(),
    team       text not null,
    url        text not null,
    secret     text not null,
    created_by text not null,
    created_at timestamptz not null default clock_timestamp()
);
create index webhooks_of_team on triage.webhooks (team, created_at);

create table triage.webhook_calls (
    id            bigint generated always as identity primary key,
    webhook       uuid not null references triage.webhooks on delete cascade,
    team          text not null,
    ticket        text collate "C" not null,
    number        bigint not null,
    event         text not null,
    event_id      uuid not null,
    body          jsonb not null,
    state         text not null default 'queued' check (state in ('queued', 'delivered', 'failed')),
    attempts      integer not null default 0,
    due_at        timestamptz not null default clock_timestamp(),
    owner         uuid,
    leased_until  timestamptz,
    failing_since timestamptz,
    last_status   integer,
    last_error    text,
    created_at    timestamptz not null default clock_timestamp(),
    delivered_at  timestamptz,
    unique (webhook, event_id)
);
comment on column triage.webhook_calls.number is 'counts a webhook''s calls about one ticket: their order';
create index webhook_calls_due on triage.webhook_calls (team, due_at, id) where state = 'queued';
create index webhook_calls_in_order on triage.webhook_calls (webhook, ticket, id);
create index webhook_calls_of_webhook on triage.webhook_calls (webhook, id);
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(SCHEMA)
