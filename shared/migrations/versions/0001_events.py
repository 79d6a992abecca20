"""The event log, its deliveries, and the one function that records."""

from alembic import op

revision = "0001"
down_revision = None

SCHEMA = """
create table events.log (
    id             bigint generated always as identity primary key,
    event_id       uuid not null unique,
    type           text not null,
    version        integer not null,
    ticket         text,
    correlation_id text not null,
    occurred_at    timestamptz not null default clock_timestamp(),
    payload        jsonb not null,
    personal       jsonb
);
comment on table events.log is 'Append-only; setting personal to null is the one update permitted, so that a person can be forgotten.';
create index log_by_ticket on events.log (ticket, id) where ticket is not null;

create function events.refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.personal is null
       and (new.id, new.event_id, new.type, new.version, new.ticket, new.correlation_id, new.occurred_at, new.payload)
           is not distinct from
           (old.id, old.event_id, old.type, old.version, old.ticket, old.correlation_id, old.occurred_at, old.payload) then
        return new;
    end if;
    raise exception 'events.log is append-only; only personal may be set to null';
end $$;
create trigger append_only before update or delete on events.log
    for each row execute function events.refuse_change();

create table events.deliveries (
    id           bigint not null,
    subscriber   text not null,
    ticket       text,
    due_at       timestamptz not null default clock_timestamp(),
    not_before   timestamptz not null default clock_timestamp(),
    sends        integer not null default 0,
    solo_starts  integer not null default 0,
    failures     integer not null default 0,
    delays       integer not null default 0,
    delayed_since timestamptz,
    last_error   text,
    parked_at    timestamptz,
    primary key (subscriber, id)
) with (
    -- Small and busy: every row is updated a few times and deleted within seconds, so vacuum early and without a pause.
    autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0.0, autovacuum_analyze_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0
);
comment on column events.deliveries.due_at is 'when to send it (again)';
comment on column events.deliveries.not_before is 'back-off: a consumer leaves it alone until then';
comment on column events.deliveries.sends is 'messages sent since the last outcome';
comment on column events.deliveries.solo_starts is 'times a consumer began it alone and told no outcome: its worker died';
comment on column events.deliveries.delays is 'transient failures; they back off but count towards nothing';
create index deliveries_due on events.deliveries (subscriber, due_at, id) where parked_at is null;
create index deliveries_of_ticket on events.deliveries (subscriber, ticket, id) where parked_at is null and ticket is not null;
create index deliveries_parked on events.deliveries (id, subscriber) where parked_at is not null;

create table events.handled (
    subscriber text not null,
    at         timestamptz not null default clock_timestamp(),
    events     bigint not null,
    seconds    double precision not null,
    buckets    bigint[] not null
);
comment on table events.handled is 'One appended row a batch, folded by a timer: time from recorded to handled, as a histogram.';

create function events.record(batch jsonb) returns bigint[] language plpgsql as $$
declare
    ids bigint[];
begin
    -- The lock comes before the id is drawn, so that within a ticket id order is commit order. Sorted, so that two batches never
    -- wait for each other. A new ticket's first event has nobody to be ordered against.
    perform pg_advisory_xact_lock(keys.key) from (
        select distinct hashtextextended(item ->> 'ticket', 7) as key
        from jsonb_array_elements(batch) item
        where item ->> 'ticket' is not null and not (item ->> 'first')::boolean
        order by key
    ) keys;
    with items as (
        select item, position from jsonb_array_elements(batch) with ordinality as t (item, position)
    ), logged as (
        insert into events.log (event_id, type, version, ticket, correlation_id, payload, personal)
        select (item ->> 'event_id')::uuid, item ->> 'type', (item ->> 'version')::integer, item ->> 'ticket',
               item ->> 'correlation_id', item -> 'payload', nullif(item -> 'personal', 'null'::jsonb)
        from items order by position
        returning id, event_id
    ), sent as (
        insert into events.deliveries (id, subscriber, ticket)
        select logged.id, subscriber, item ->> 'ticket'
        from items join logged on logged.event_id = (item ->> 'event_id')::uuid
        cross join lateral jsonb_array_elements_text(item -> 'subscribers') as subscriber
    )
    select array_agg(id order by id) into ids from logged;
    return ids;
end $$;
"""


def upgrade() -> None:
    """Create the schema's tables and functions."""
    op.execute(SCHEMA)
