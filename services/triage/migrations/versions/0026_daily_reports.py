"""What the daily reports are read from; a tick fills it from the timeline, from the first entry on."""

from alembic import op

revision = "0026"
down_revision = "0025"

SCHEMA = """
create table triage.report_keys (
    id       integer generated always as identity primary key,
    team     text collate "C" not null,
    category text collate "C" not null,
    rule     text collate "C" not null,
    agent    text collate "C" not null,
    unique (team, category, rule, agent)
);
comment on table triage.report_keys is 'What the figures of the daily reports are grouped by.';
comment on column triage.report_keys.rule is 'the rule that chose the team; empty: the path did';
comment on column triage.report_keys.agent is 'the account of a person; empty: none';

create table triage.report_counts (
    measure text collate "C" not null,
    day     date not null,
    since   date not null,
    key     integer not null,
    count   bigint not null,
    primary key (measure, day, since, key)
);
comment on table triage.report_counts is 'Counts a day, in the time zone of the team. Written by one tick, so rows are updated in place.';
comment on column triage.report_counts.since is 'of the backlog: the day of submission; else as day';
comment on column triage.report_counts.count is 'of the backlog: the change on that day';

create table triage.report_answers (
    entry   bigint primary key,
    day     date not null,
    key     integer not null,
    seconds integer not null
);
comment on table triage.report_answers is 'The first answer of each ticket, and how long it was waited for, in working time.';
comment on column triage.report_answers.entry is 'of the timeline';
create index report_answers_by_day on triage.report_answers (day) include (key, seconds);

create table triage.report_resolutions (
    entry    bigint primary key,
    ticket   bigint not null,
    day      date not null,
    key      integer not null,
    seconds  integer not null,
    next_day date
);
comment on table triage.report_resolutions is 'Each resolution, and how long it was waited for, in working time.';
comment on column triage.report_resolutions.entry is 'of the timeline';
comment on column triage.report_resolutions.ticket is 'tickets.sequence';
comment on column triage.report_resolutions.next_day is 'when the ticket was resolved again; null: it was not';
create index report_resolutions_by_day on triage.report_resolutions (day) include (key, seconds, next_day);
create index report_resolutions_of_ticket on triage.report_resolutions (ticket, entry);

create table triage.report_position (
    position  bigint not null,
    until     bigint not null,
    waits_for text[] not null
);
comment on table triage.report_position is 'One row: how far the timeline is counted in the daily reports.';
comment on column triage.report_position.position is 'the last entry that is counted';
comment on column triage.report_position.until is 'entries up to this one are counted once the transactions in waits_for have ended';
comment on column triage.report_position.waits_for is 'virtual ids of transactions that may yet commit an entry up to until';
insert into triage.report_position values (0, 0, '{}');
"""


def upgrade() -> None:
    """Create the tables. The tick counts the entries of before, too, in steps."""
    op.execute(SCHEMA)
