"""Owners, reservations, links between tickets, and what a conversation is read from."""

from alembic import op

revision = "0015"
down_revision = "0014"

SCHEMA = """
alter table triage.tickets add owner uuid, add reserved_until timestamptz;
comment on column triage.tickets.owner is 'the account of the person who answered last; null: nobody''s';
comment on column triage.tickets.reserved_until is 'until then, while it is open, only its owner claims it, unless it is urgent';

alter table triage.timeline add by_id uuid;
comment on column triage.timeline.by_id is 'the account of `by`; null for the system, for requesters and for lines of 0.1.0';

alter table triage.attachments add column if not exists entry bigint, add column if not exists internal boolean not null default false;
comment on column triage.attachments.entry is 'the timeline line of the agent''s message it came with; null: the requester sent it';
comment on column triage.attachments.internal is 'of an internal note: for agents only';

create table triage.away (
    person uuid primary key,
    since  timestamptz not null default clock_timestamp()
);
comment on table triage.away is 'People for whom nothing is reserved now.';

create table triage.ticket_links (
    ticket   text collate "C" not null,
    other    text collate "C" not null,
    relation text not null check (relation in ('continues', 'related')),
    at       timestamptz not null default clock_timestamp(),
    primary key (ticket, other, relation)
);
create index ticket_links_by_other on triage.ticket_links (other);
insert into triage.ticket_links (ticket, other, relation, at)
select distinct on (ticket) ticket, facts ->> 'follows', 'continues', at
from triage.timeline where kind = 'routed' and facts ->> 'follows' is not null;

create table triage.idempotency (
    caller   uuid not null,
    route    text not null,
    key      text not null,
    content  bytea not null,
    at       timestamptz not null default clock_timestamp(),
    primary key (caller, route, key)
);
comment on table triage.idempotency is 'Which request a caller''s Idempotency-Key stands for, for 7 days.';
create index idempotency_by_age on triage.idempotency (at);
"""

# Together they hold every open ticket once, in the order in which they are claimed: by priority, then deadline (none last), then age.
CLAIM_ORDER = """
create index tickets_to_claim_next on triage.tickets (team, priority_rank, (coalesce(respond_by, 'infinity')), created_at, sequence)
    where state = 'open' and (reserved_until is null or priority = 'urgent');
create index tickets_reserved on triage.tickets (team, priority_rank, (coalesce(respond_by, 'infinity')), created_at, sequence)
    where state = 'open' and reserved_until is not null and priority <> 'urgent';
create index tickets_reserved_for on triage.tickets (owner, team, priority_rank, (coalesce(respond_by, 'infinity')), created_at, sequence)
    where state = 'open' and reserved_until is not null and priority <> 'urgent';
create index reservations_to_end on triage.tickets (reserved_until) where state = 'open' and reserved_until is not null;
create index tickets_of_owner on triage.tickets (owner, sequence) where owner is not null;
drop index triage.tickets_to_claim;
"""

# As before, and `reserved` beside the state, as `breached` is.
COUNTS = """
create or replace function triage.count_updated() returns trigger language plpgsql as $$
begin
    insert into triage.queue_counts (team, state, change)
    select team, state, sum(change) from (
        select team, state, 1 as change from after_update
        union all select team, 'breached', 1 from after_update where breached
        union all select team, 'reserved', 1 from after_update where state = 'open' and reserved_until is not null
        union all select team, state, -1 from before_update
        union all select team, 'breached', -1 from before_update where breached
        union all select team, 'reserved', -1 from before_update where state = 'open' and reserved_until is not null
    ) moved group by team, state having sum(change) <> 0;
    insert into triage.service_pending (ticket, measure, at)
    select reference, was.measure, was.at
    from after_update after_it join before_update before_it using (reference) cross join lateral (values
        ('answered', after_it.answered_at, before_it.answered_at is null and after_it.answered_at is not null),
        ('resolved', after_it.resolved_at, after_it.resolved_at is not null and after_it.resolved_at is distinct from before_it.resolved_at)
    ) as was (measure, at, so) where was.so;
    -- Late is late, whether the timer marked it or it was answered before the timer came by.
    insert into triage.service_counts (week, team, category, measure, count)
    select triage.monday(clock_timestamp()), before_it.team, before_it.category, 'breached', count(*)
    from after_update after_it join before_update before_it using (reference)
    where not before_it.breached and before_it.state in ('open', 'claimed') and before_it.respond_by <= clock_timestamp()
      and (after_it.breached or after_it.respond_by is distinct from before_it.respond_by)
    group by 1, 2, 3;
    return null;
end $$;
"""


def upgrade() -> None:
    """Add columns, tables and indexes; the order of claims gets its own."""
    op.execute(SCHEMA)
    op.execute(CLAIM_ORDER)
    op.execute(COUNTS)
