"""The teams of the community, so that one can be added while the system runs. `VIDARE_TEAMS` fills the table after the migrations."""

from alembic import op

revision = "0007"
down_revision = "0006"

SCHEMA = """
create table auth.teams (
    name       text primary key,
    title      text not null,
    active     boolean not null default true,
    created_at timestamptz not null default clock_timestamp()
);
comment on table auth.teams is 'The community teams; each active one has a queue of its own, as those of VIDARE_TEAMS always have.';
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(SCHEMA)
