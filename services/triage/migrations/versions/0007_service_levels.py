"""Service levels: counts by week, team and path, and the warnings and breaches that were sent."""

from alembic import op

revision = "0007"
down_revision = "0006"

SCHEMA = """
create table triage.service_counts (
    week     date not null,
    team     text not null,
    category text not null,
    measure  text not null,
    bucket   smallint,
    count    bigint not null,
    seconds  bigint not null default 0
);
comment on table triage.service_counts is 'rows of +n, folded by a timer into one a week (its Monday, UTC), team, path, measure and bucket';
create index service_counts_by_week on triage.service_counts (week);

create table triage.service_pending (ticket text collate "C" not null, measure text not null, at timestamptz not null);
comment on table triage.service_pending is 'Answers and resolutions whose clocks are to be read, off the hot path';

create table triage.escalations (team text primary key, at timestamptz not null default clock_timestamp());
comment on table triage.escalations is 'when the leads of a team were last told of late tickets';

alter table triage.tickets add column warned_at timestamptz, add column escalated_at timestamptz;
create index tickets_to_warn on triage.tickets (respond_by) where state in ('open', 'claimed') and not breached and warned_at is null;
create index tickets_to_escalate on triage.tickets (team, respond_by)
    where breached and escalated_at is null and state in ('open', 'claimed');

create function triage.monday(at timestamptz) returns date language sql immutable
    return date_trunc('week', at at time zone 'UTC')::date;

create or replace function triage.count_inserted() returns trigger language plpgsql as $$
begin
    insert into triage.queue_counts (team, state, change)
    select team, state, count(*) from inserted group by team, state;
    insert into triage.service_counts (week, team, category, measure, count)
    select triage.monday(created_at), team, category, 'volume', count(*) from inserted group by 1, 2, 3;
    return null;
end $$;

create or replace function triage.count_updated() returns trigger language plpgsql as $$
begin
    insert into triage.queue_counts (team, state, change)
    select team, state, sum(change) from (
        select team, state, 1 as change from after_update
        union all select team, 'breached', 1 from after_update where breached
        union all select team, state, -1 from before_update
        union all select team, 'breached', -1 from before_update where breached
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
    """Create the tables and let the counting triggers count for them."""
    op.execute(SCHEMA)
