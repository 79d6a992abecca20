"""Rulesets, tickets, their files and timelines, claims and counts."""

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "0001"
down_revision = None

# The seed as it was: a change of the seed that comes with the code must not change history.
SEED = Path(__file__).parents[1] / "frozen" / "0001_seed.json"

RULESETS = """
create table triage.rulesets (
    number       integer primary key,
    state        text not null check (state in ('draft', 'active', 'retired')),
    comment      text not null,
    created_by   text not null,
    created_at   timestamptz not null default clock_timestamp(),
    activated_at timestamptz,
    document     json not null
);
comment on column triage.rulesets.document is 'json, not jsonb: it is shown as it was written, keys in their order';
create unique index one_active_ruleset on triage.rulesets (state) where state = 'active';

create table triage.ruleset_changes (
    id       bigint generated always as identity primary key,
    at       timestamptz not null default clock_timestamp(),
    number   integer not null references triage.rulesets,
    action   text not null check (action in ('saved', 'activated')),
    previous integer,
    by       text not null,
    origin   text,
    comment  text not null
);
comment on table triage.ruleset_changes is 'The audit: who did what to which ruleset, from where; append-only.';

create function triage.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;
create trigger append_only before update or delete on triage.ruleset_changes
    for each row execute function triage.refuse_change();

create function triage.keep_ruleset() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (new.number, new.comment, new.created_by, new.created_at, new.document::text)
                            is not distinct from
                            (old.number, old.comment, old.created_by, old.created_at, old.document::text) then
        return new;
    end if;
    raise exception 'a saved ruleset never changes';
end $$;
create trigger immutable before update or delete on triage.rulesets
    for each row execute function triage.keep_ruleset();
"""

TICKETS = """
create table triage.tickets (
    reference        text collate "C" primary key,
    sequence         bigint not null generated always as identity,
    team             text not null,
    state            text not null check (state in ('held', 'open', 'claimed', 'waiting', 'resolved', 'withdrawn')),
    category         text not null,
    priority         text not null check (priority in ('low', 'normal', 'high', 'urgent')),
    priority_rank    smallint not null generated always as (
        case priority when 'urgent' then 0 when 'high' then 1 when 'normal' then 2 else 3 end) stored,
    tags             text[] not null,
    locale           text,
    country          text,
    platform         text,
    subject          text,
    message          text not null,
    email            text not null,
    name             text,
    username         text,
    details          jsonb not null,
    missing_evidence text[] not null,
    key_number       integer not null,
    correlation_id   text not null,
    created_at       timestamptz not null,
    respond_by       timestamptz,
    breached         boolean not null default false,
    state_since      timestamptz not null default clock_timestamp(),
    answered_at      timestamptz,
    resolved_at      timestamptz,
    version          bigint not null default 1,
    claim            uuid,
    claimed_by       text,
    lease_expires_at timestamptz,
    ruleset          integer not null,
    facts            jsonb not null,
    decision         jsonb not null
);
comment on column triage.tickets.facts is 'what the rules saw, but for subject and message, which never change';
comment on column triage.tickets.version is 'the fencing token: grows whenever the ticket changes hands or state';
comment on column triage.tickets.breached is 'counted as overdue; a timer sets it, whatever ends the wait for us clears it';
-- None on sequence alone: the planner would walk it in search of a team that has few tickets.
-- The order in which a team's tickets are claimed.
create index tickets_to_claim on triage.tickets (team, respond_by, priority_rank, created_at, sequence) where state = 'open';
create index tickets_by_age on triage.tickets (team, created_at) where state = 'open';
create index tickets_by_state on triage.tickets (team, state, sequence);
create index tickets_by_category on triage.tickets (team, category, state, sequence);
create index tickets_to_breach on triage.tickets (respond_by) where state in ('open', 'claimed') and not breached;
create index tickets_in_wait on triage.tickets (state_since) where state = 'held';

create table triage.attachments (
    id         uuid primary key,
    ticket     text collate "C" not null references triage.tickets,
    position   bigint generated always as identity,
    object     text not null,
    name       text not null,
    media_type text not null,
    size       bigint not null,
    sha256     text not null,
    state      text not null check (state in ('pending', 'clean', 'not_scanned', 'quarantined'))
);
create index attachments_of_ticket on triage.attachments (ticket, position);

-- Without foreign keys: they would cost the hot path more than the rows themselves, and tickets are never deleted alone.
create table triage.timeline (
    id      bigint generated always as identity primary key,
    ticket  text collate "C" not null,
    at      timestamptz not null default clock_timestamp(),
    kind    text not null,
    by      text,
    message text,
    facts   jsonb not null default '{}'
);
comment on table triage.timeline is 'Everything that ever happened to a ticket; append-only.';
create index timeline_of_ticket on triage.timeline (ticket, id);
create trigger append_only before update or delete on triage.timeline
    for each row execute function triage.refuse_change();

create table triage.claims (
    id               uuid primary key,
    ticket           text collate "C" not null references triage.tickets,
    team             text not null,
    holder           text not null,
    holder_name      text not null,
    version          bigint not null,
    claimed_at       timestamptz not null default clock_timestamp(),
    lease_expires_at timestamptz not null,
    ended_at         timestamptz,
    ended_how        text
);
-- Never two live claims on one ticket, whatever the code does.
create unique index one_live_claim on triage.claims (ticket) where ended_at is null;
create index claims_to_expire on triage.claims (lease_expires_at) where ended_at is null;
create index claims_of_holder on triage.claims (holder, claimed_at) where ended_at is null;
"""

COUNTS = """
create table triage.queue_counts (
    team   text not null,
    state  text not null,
    change bigint not null
);
comment on table triage.queue_counts is 'Tickets by team and state as rows of +n and -n, folded by a timer; never updated in place.';

create function triage.count_inserted() returns trigger language plpgsql as $$
begin
    insert into triage.queue_counts (team, state, change)
    select team, state, count(*) from inserted group by team, state;
    return null;
end $$;
create function triage.count_updated() returns trigger language plpgsql as $$
begin
    insert into triage.queue_counts (team, state, change)
    select team, state, sum(change) from (
        select team, state, 1 as change from after_update
        union all select team, 'breached', 1 from after_update where breached
        union all select team, state, -1 from before_update
        union all select team, 'breached', -1 from before_update where breached
    ) moved group by team, state having sum(change) <> 0;
    return null;
end $$;
create trigger count_inserted after insert on triage.tickets referencing new table as inserted
    for each statement execute function triage.count_inserted();
create trigger count_updated after update on triage.tickets referencing old table as before_update new table as after_update
    for each statement execute function triage.count_updated();

create table triage.search_pending (ticket text collate "C" not null);
comment on table triage.search_pending is 'Whose search row is to be made (again), off the hot path: to_tsvector costs more than routing.';
create table triage.search (
    ticket   text collate "C" primary key,
    sequence bigint not null,
    team     text not null,
    email    text not null,
    category text not null,
    vector   tsvector not null
);
create index search_by_words on triage.search using gin (vector);
create index search_by_age on triage.search (sequence);
create index search_by_person on triage.search (email, category, sequence);
"""


def upgrade() -> None:
    """Create the tables; the seed becomes ruleset 1, active, so that an empty database routes at once."""
    op.execute(RULESETS)
    op.execute(TICKETS)
    op.execute(COUNTS)
    connection = op.get_bind()
    connection.execute(
        text("""
            insert into triage.rulesets (number, state, comment, created_by, activated_at, document)
            values (1, 'active', 'The rules that the system comes with.', 'system', clock_timestamp(), cast(:document as json))
        """),
        {"document": SEED.read_text(encoding="utf-8")},
    )
    for action in ("saved", "activated"):
        connection.execute(
            text("""
                insert into triage.ruleset_changes (number, action, by, comment)
                values (1, :action, 'system', 'The rules that the system comes with.')
            """),
            {"action": action},
        )
