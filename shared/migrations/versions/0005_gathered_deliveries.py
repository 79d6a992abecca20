"""Deliveries that may wait are due together, and none is made for a subscriber that has nothing to do (decision 0013).

A message costs as much as handling many events. Programs of the version before name no such deliveries: theirs are due at once.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

SCHEMA = """
create table events.listening (subscriber text primary key);
comment on table events.listening is 'The subscribers that get optional deliveries: the teams that have a webhook.';

-- The next of four moments a second, the same for all: what is recorded until then travels in one message.
create function events.gathered_due_at() returns timestamptz language sql volatile as $$
    select date_bin('250 ms', clock_timestamp(), 'epoch') + interval '250 ms'
$$;

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
    """Add the table and the function, and replace `events.record`."""
    op.execute(SCHEMA)
