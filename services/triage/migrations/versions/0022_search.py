"""Search rows with the words' positions and what searches ask for by key; between which numbers the tickets of a day are; views."""

from alembic import op

revision = "0022"
down_revision = "0021"

SEARCH = """
alter table triage.search add form smallint not null default 1;
comment on column triage.search.form is 'how the row was written: 2: folded, with positions and what is known of the ticket; 1: before';
-- Empty once all are written again.
create index search_to_refill on triage.search (sequence) where form < 2;

-- What the search row holds besides words. Claims and states change neither, so they cost no call.
create function triage.search_again() returns trigger language plpgsql as $$
begin
    insert into triage.search_pending (ticket) values (new.reference);
    return null;
end $$;
create trigger search_again after update of team, tags, priority, locale on triage.tickets for each row
    when ((old.team, old.tags, old.priority, old.locale) is distinct from (new.team, new.tags, new.priority, new.locale))
    execute function triage.search_again();

create table triage.search_days (
    day            date primary key,
    first_sequence bigint not null,
    last_sequence  bigint not null
);
comment on table triage.search_days is 'The lowest and highest sequence of the tickets that were created on a day in UTC.';
insert into triage.search_days (day, first_sequence, last_sequence)
select (created_at at time zone 'UTC')::date, min(sequence), max(sequence) from triage.tickets group by 1;

create index tickets_breached on triage.tickets (sequence) where breached;
"""

VIEWS = """
create table triage.views (
    id          uuid primary key default gen_random_uuid(),
    name        text not null,
    query       text not null,
    sort        text not null,
    shared_with text not null check (shared_with in ('me', 'team', 'all')),
    team        text check ((team is null) = (shared_with <> 'team')),
    owner       uuid not null,
    position    integer not null,
    created_at  timestamptz not null default clock_timestamp()
);
comment on table triage.views is 'Searches that are kept under a name, for their owner, a team or everybody.';
create index views_of_owner on triage.views (owner);
create index views_shared on triage.views (team) where shared_with <> 'me';
"""


def upgrade() -> None:
    """Create tables, columns and indexes. The search rows are written again by the timer, the newest first."""
    op.execute(SEARCH)
    op.execute(VIEWS)
