"""What requesters answer about how their tickets were resolved."""

from alembic import op

revision = "0025"
down_revision = "0024"

SCHEMA = """
create table triage.satisfaction (
    resolution   uuid primary key,
    ticket       text collate "C" not null,
    entry        bigint not null,
    resolved_at  timestamptz not null,
    mailed       boolean not null,
    team         text not null,
    category     text not null,
    rule         text,
    agent        uuid,
    answer       text check (answer in ('good', 'bad')),
    comment      text,
    answered_at  timestamptz,
    answer_event bigint
);
comment on table triage.satisfaction is 'A resolution whose e-mail asked how it was, and the newest answer';
comment on column triage.satisfaction.resolution is 'the event of the message that resolved the ticket, which the e-mail''s links name';
comment on column triage.satisfaction.entry is 'of the timeline';
comment on column triage.satisfaction.mailed is 'the e-mail was sent, and did not bounce since';
comment on column triage.satisfaction.team is 'when it was resolved, but for the moments until the e-mail was sent';
comment on column triage.satisfaction.rule is 'the rule that chose the team at first; null: the category''s own team';
comment on column triage.satisfaction.agent is 'the account that resolved it';
comment on column triage.satisfaction.answer_event is 'of the log: a later answer replaces an earlier one';
create index satisfaction_of_ticket on triage.satisfaction (ticket, entry);
create index satisfaction_by_time on triage.satisfaction (resolved_at)
    include (team, category, rule, agent, answer) where mailed or answer is not null;
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(SCHEMA)
