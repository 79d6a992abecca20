"""Replays of a ruleset over past tickets; what they and the misroute report read by."""

from alembic import op

revision = "0003"
down_revision = "0002"

SCHEMA = """
create table triage.replays (
    id          uuid primary key default gen_random_uuid(),
    ruleset     integer not null references triage.rulesets,
    days        integer not null,
    state       text not null default 'queued' check (state in ('queued', 'running', 'done', 'cancelled', 'failed')),
    created_by  text not null,
    created_at  timestamptz not null default clock_timestamp(),
    since       timestamptz not null,
    until       timestamptz not null,
    at          timestamptz,
    reference   text collate "C" not null default '',
    step        integer not null default 0,
    done        bigint not null default 0,
    total       bigint,
    tally       jsonb not null default '{}',
    touched_at  timestamptz not null default '-infinity',
    finished_at timestamptz,
    error       text
);
comment on column triage.replays.at is 'with reference: the last ticket that was decided';
comment on column triage.replays.step is 'counts the chunks; a message names the one it rings for: doubled, it does nothing';
comment on column triage.replays.touched_at is 'when a chunk was last rung for or done: one long ago is rung for again';
create index replays_under_way on triage.replays (touched_at) where state in ('queued', 'running');
create index replays_of_ruleset on triage.replays (ruleset, created_at);

create table triage.replay_changes (
    replay uuid not null references triage.replays on delete cascade,
    number bigint not null,
    ticket text collate "C" not null,
    before jsonb not null,
    after  jsonb not null,
    primary key (replay, number)
);

-- A replay walks the tickets in the order in which they came. By an expression, so that the planner does not walk it for a team's
-- oldest ticket, past those of all others.
create index tickets_as_they_came on triage.tickets ((created_at at time zone 'UTC'), reference);
-- Few lines are of this kind, so that it costs the others nothing.
create index timeline_wrong_team on triage.timeline (at)
    where kind = 'transferred' and facts ->> 'cause' = 'wrong_team';
"""


def upgrade() -> None:
    """Create the tables and indexes."""
    op.execute(SCHEMA)
