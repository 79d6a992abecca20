"""Our answers on the requester's page, changes of address that wait to be confirmed, and renewed keys."""

from alembic import op

revision = "intake_0009"
down_revision = "intake_0008"
branch_labels = None
depends_on = None

SCHEMA = """
create table intake.answers (
    event_id  uuid primary key,
    event     bigint not null,
    reference text not null references intake.submissions,
    entry     bigint,
    kind      text not null check (kind in ('reply', 'information_request', 'disapproval', 'resolution')),
    at        timestamptz not null,
    codes     jsonb not null default '{}',
    files     jsonb not null default '[]',
    personal  jsonb,
    source    text
);
comment on table intake.answers is 'what agents wrote to requesters, for the page of a ticket; shown with the mailed key only';
comment on column intake.answers.event is 'of the log: the order in which they were written';
comment on column intake.answers.entry is 'of the timeline in triage';
comment on column intake.answers.personal is 'message, author and names of files; null once the person is forgotten';
comment on column intake.answers.source is 'api or console; null: console';
create index answers_of_ticket on intake.answers (reference, event);

create table intake.address_changes (
    id           uuid primary key,
    reference    text not null unique references intake.submissions,
    opened_by    text not null check (opened_by in ('receipt', 'mailed')),
    key_number   integer not null,
    personal     jsonb,
    asked_at     timestamptz not null default clock_timestamp(),
    expires_at   timestamptz not null default clock_timestamp() + interval '24 hours',
    confirmed_at timestamptz
);
comment on table intake.address_changes is 'the newest change of address of a ticket: it counts once its link is used';
comment on column intake.address_changes.key_number is 'of the ticket when it was asked for: renewed keys end it';

create table intake.answers_kept_since (at timestamptz not null default clock_timestamp());
comment on table intake.answers_kept_since is 'one row: a ticket from before may have answers that are not in intake.answers';
insert into intake.answers_kept_since default values;

alter table intake.follow_ups add source text, add automatic boolean;
comment on column intake.follow_ups.source is 'form, api or email; null in rows of 0.1.0';
alter table intake.submissions add key_event bigint, add answers_shown_from timestamptz;
comment on column intake.submissions.answers_shown_from is
    'the address changed without the mailed key: what we answered before was for the address before';
comment on column intake.submissions.key_event is 'the newest event that renewed the keys: it renews them once';
"""


def upgrade() -> None:
    """Create and add."""
    op.execute(SCHEMA)
