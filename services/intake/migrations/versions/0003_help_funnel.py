"""How far people go at help topics, counted without knowing them."""

from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"
branch_labels = None
depends_on = None

SCHEMA = """
create table intake.help_counts (
    at    timestamptz not null default clock_timestamp(),
    path  text not null,
    step  text not null check (step in ('shown', 'solved', 'went_on', 'submitted', 'came_back')),
    count integer not null
);
comment on table intake.help_counts is 'appended by the pages, taken out once a minute and told to triage';

create table intake.visit_keys (
    day     date primary key,
    key     bytea not null,
    made_at timestamptz not null default clock_timestamp()
);
comment on table intake.visit_keys is 'a random key a day, deleted after 48 hours: then no visit can be told apart from any other';

create table intake.visits (
    visitor bytea not null,
    path    text not null,
    at      timestamptz not null default clock_timestamp(),
    solved  boolean not null default false,
    wrote   boolean not null default false,
    primary key (visitor, path)
);
comment on column intake.visits.visitor is 'HMAC of network and browser with the key of a day; never joined to a ticket';
create index visits_by_age on intake.visits (at);
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(SCHEMA)
