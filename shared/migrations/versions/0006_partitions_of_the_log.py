"""The log is partitioned by ranges of ids, so that an old range can be dropped whole (decision 0015).

The log as it was becomes the first partition: its rows are read once, to prove that they belong there, and not rewritten. The index by
ticket had no reader. The one that made ids of events unique is replaced by a table of those ids that a caller derived; all others are
random. Programs of the version before record through `events.record` too, which fills that table.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

# Ids of a partition: more than any system records in a month, and bigint and JSON's numbers have room for thousands of them.
RANGE = 1_000_000_000_000

PARTITIONS = f"""
create table events.log_partitions (
    number    integer primary key,
    first_id  bigint not null unique,
    opened_at timestamptz,
    closed_at timestamptz
);
comment on table events.log_partitions is 'The partitions of events.log: number n is the table events.log_n, with {RANGE:,} ids.';
comment on column events.log_partitions.opened_at is
    'when its ids began to be drawn; null: made ahead. Of the first: its oldest event''s time';
comment on column events.log_partitions.closed_at is
    'when the next one''s ids began to be drawn; a transaction of that time may still have committed an event half a minute later';

drop trigger append_only on events.log;
drop index events.log_by_ticket;
alter table events.log drop constraint log_event_id_key;
alter table events.log rename to log_1;
alter index events.log_pkey rename to log_1_pkey;
"""

# The next id is remembered before the old sequence goes with its column's identity: ids only grow.
LOG = f"""
do $$
declare
    next_id bigint;
begin
    select case when is_called then last_value + 1 else last_value end into next_id from events.log_id_seq;
    alter table events.log_1 alter column id drop identity;
    create table events.log (
        id             bigint generated always as identity primary key,
        event_id       uuid not null,
        type           text not null,
        version        integer not null,
        ticket         text,
        correlation_id text not null,
        occurred_at    timestamptz not null default clock_timestamp(),
        payload        jsonb not null,
        personal       jsonb
    ) partition by range (id);
    perform setval('events.log_id_seq', next_id, false);
    alter table events.log attach partition events.log_1 for values from (minvalue) to ({RANGE});
end $$;
comment on table events.log is 'Append-only; setting personal to null is the one update permitted, so that a person can be forgotten.';
create trigger append_only before update or delete on events.log
    for each row execute function events.refuse_change();
insert into events.log_partitions (number, first_id, opened_at)
select 1, 1, coalesce((select occurred_at from events.log order by id limit 1), clock_timestamp());
"""

# An id that its caller derived is of another version than 7 (RFC 9562): the same call makes the same.
IDS = """
create table events.derived_ids (event_id uuid primary key, id bigint not null);
comment on table events.derived_ids is
    'The events whose ids a caller derived, so that a repeated call is recognised; all other ids are random.';
create function events.is_derived(event_id uuid) returns boolean language sql immutable as $$
    select get_byte(uuid_send(event_id), 6) >> 4 <> 7
$$;
insert into events.derived_ids (event_id, id) select event_id, id from events.log where events.is_derived(event_id);
"""

RECORD = """
create or replace function events.record(batch jsonb) returns bigint[] language plpgsql as $$
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
    ), derived as (
        insert into events.derived_ids (event_id, id) select event_id, id from logged where events.is_derived(event_id)
    ), sent as (
        insert into events.deliveries (id, subscriber, ticket, due_at)
        select logged.id, subscriber, item ->> 'ticket',
               case when item -> 'gathered' ? subscriber then events.gathered_due_at() else clock_timestamp() end
        from items join logged on logged.event_id = (item ->> 'event_id')::uuid
        cross join lateral jsonb_array_elements_text(item -> 'subscribers') as name (subscriber)
        where not coalesce(item -> 'optional' ? subscriber, false)
           or exists (select from events.listening where listening.subscriber = name.subscriber)
    )
    select array_agg(id order by id) into ids from logged;
    return ids;
end $$;
"""


def upgrade() -> None:
    """Make the log's table the first partition of a new one, and `events.record` keep derived ids unique."""
    for part in (PARTITIONS, LOG, IDS, RECORD):
        op.execute(part)
