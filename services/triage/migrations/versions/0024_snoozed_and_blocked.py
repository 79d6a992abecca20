"""Tickets can be snoozed, and those of blocked senders are kept apart."""

from alembic import op

revision = "0024"
down_revision = "0023"

SCHEMA = """
alter table triage.tickets drop constraint tickets_state_check;
alter table triage.tickets add constraint tickets_state_check
    check (state in ('held', 'open', 'claimed', 'waiting', 'resolved', 'withdrawn', 'snoozed', 'blocked'));
alter table triage.tickets add snoozed_until timestamptz;
comment on column triage.tickets.snoozed_until is 'when it opens again, while it is snoozed';
create index tickets_to_wake on triage.tickets (snoozed_until) where state = 'snoozed';
create index tickets_snoozed on triage.tickets (team, snoozed_until, sequence) where state = 'snoozed';
"""

# The deadline of a snoozed ticket runs on. The statements of the version before, which name open and claimed alone, use these indexes too.
DEADLINES = """
drop index triage.tickets_to_breach;
create index tickets_to_breach on triage.tickets (respond_by) where state in ('open', 'claimed', 'snoozed') and not breached;
drop index triage.tickets_to_warn;
create index tickets_to_warn on triage.tickets (team, respond_by)
    where state in ('open', 'claimed', 'snoozed') and not breached and warned_at is null;
drop index triage.tickets_to_escalate;
create index tickets_to_escalate on triage.tickets (team, respond_by)
    where breached and escalated_at is null and state in ('open', 'claimed', 'snoozed');
"""

# A blocked ticket is no part of the reports' volume until it is released. Snoozed ones can be late.
COUNTS = """
create or replace function triage.count_inserted() returns trigger language plpgsql as $$
begin
    insert into triage.queue_counts (team, state, change)
    select team, state, count(*) from inserted group by team, state;
    insert into triage.service_counts (week, team, category, measure, count)
    select triage.monday(created_at), team, category, 'volume', count(*) from inserted where state <> 'blocked' group by 1, 2, 3;
    return null;
end $$;

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
    -- Late is late, whether the timer marked it or it was answered before the timer came by. A released ticket counts as received.
    insert into triage.service_counts (week, team, category, measure, count)
    select triage.monday(case was.measure when 'volume' then before_it.created_at else clock_timestamp() end),
           before_it.team, before_it.category, was.measure, count(*)
    from after_update after_it join before_update before_it using (reference) cross join lateral (values
        ('breached', not before_it.breached and before_it.state in ('open', 'claimed', 'snoozed')
                     and before_it.respond_by <= clock_timestamp()
                     and (after_it.breached or after_it.respond_by is distinct from before_it.respond_by)),
        ('volume', before_it.state = 'blocked' and after_it.state = 'open')
    ) as was (measure, so) where was.so
    group by 1, 2, 3, 4;
    return null;
end $$;
"""


def upgrade() -> None:
    """Add the two states, and what they need."""
    op.execute(SCHEMA)
    op.execute(DEADLINES)
    op.execute(COUNTS)
